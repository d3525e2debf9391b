import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { platform } from "../../../../src/model/platform.ts";
import { categoryOf, imageOf } from "../../../../src/scan/sarif/categories.ts";
import { anyText } from "../../any-text.ts";

describe("categories", () => {
  test("are named for the image and the platform, and for nothing that changes", () => {
    expect(categoryOf("base")).toBe("image-publish/base");
    expect(categoryOf("base", platform("linux/arm/v7"))).toBe("image-publish/base/linux-arm-v7");
  });

  test("tell whose they are, whatever the image is called", () => {
    fc.assert(
      fc.property(anyText({ minLength: 1 }), fc.boolean(), (image, isPlatform) => {
        const category = categoryOf(image, isPlatform ? platform("linux/arm64") : undefined);
        expect(category.split("/")).toHaveLength(isPlatform ? 3 : 2);
        expect(imageOf(category)).toBe(image);
        expect(imageOf(`${category}/`)).toBe(image);
      }),
    );
  });

  test.each(["", "image-publish", "image-publish/", "trivy/base", "image-publish/a/b/c", "image-publish/%zz", "x"])(
    "%j is none of ours",
    (category) => expect(imageOf(category)).toBeUndefined(),
  );
});
