import { expect, test } from "@jest/globals";
import { proxyFor } from "../../../../src/adapters/http/proxy.ts";

const proxy = "http://proxy.example:3128";
const by = (url: string, env: Record<string, string>): string | undefined => proxyFor(new URL(url), env)?.href;

test.each([
  ["https by HTTPS_PROXY", "https://a.io/", { HTTPS_PROXY: proxy, HTTP_PROXY: "http://other" }, `${proxy}/`],
  ["http by HTTP_PROXY", "http://a.io/", { HTTP_PROXY: proxy, HTTPS_PROXY: "http://other" }, `${proxy}/`],
  ["https not by HTTP_PROXY", "https://a.io/", { HTTP_PROXY: proxy }, undefined],
  ["lower case", "https://a.io/", { https_proxy: proxy }, `${proxy}/`],
  [
    "upper case before lower case, as docker has it",
    "https://a.io/",
    { HTTPS_PROXY: proxy, https_proxy: "http://b" },
    `${proxy}/`,
  ],
  ["an empty one is none", "https://a.io/", { HTTPS_PROXY: "", https_proxy: "" }, undefined],
  ["a host and port alone", "https://a.io/", { HTTPS_PROXY: "proxy.example:3128" }, `${proxy}/`],
  [
    "one behind TLS, with a login",
    "https://a.io/",
    { HTTPS_PROXY: "https://u:p@proxy.example" },
    "https://u:p@proxy.example/",
  ],
])("%s", (_, url, env, expected) => {
  expect(by(url, env)).toBe(expected);
});

test.each(["socks5://u:secret@proxy:1080", "http://", "u:secret@:x"])("%s can't be used, and isn't quoted", (value) => {
  expect(() => by("https://a.io/", { HTTPS_PROXY: value })).toThrow(
    /^HTTPS_PROXY isn't a valid address of a proxy(?!.*secret)/,
  );
});

// The sentences of golang.org/x/net/http/httpproxy's documentation, and its own examples.
test.each([
  ["a domain is that name", "a.io", "https://a.io/", true],
  ["a domain is all below it", "a.io", "https://x.y.a.io/", true],
  ["a domain is no other that ends alike", "a.io", "https://ba.io/", false],
  ["a leading dot is what is below alone", ".a.io", "https://x.a.io/", true],
  ["a leading dot is not the domain itself", ".a.io", "https://a.io/", false],
  ["a leading star and dot is a leading dot", "*.a.io", "https://x.a.io/", true],
  ["a star is everything", "b.io, *", "https://a.io/", true],
  ["a port must be the port", "a.io:5000", "https://a.io:5000/", true],
  ["another port is not", "a.io:5000", "https://a.io/", false],
  ["the port of the scheme counts", "a.io:443", "https://a.io/", true],
  ["an address", "192.168.1.7", "https://192.168.1.7:5000/", true],
  ["an address with its port", "192.168.1.7:5000", "https://192.168.1.7:5000/", true],
  ["an address with another port", "192.168.1.7:5000", "https://192.168.1.7/", false],
  ["a network", "10.0.0.0/8", "https://10.1.2.3/", true],
  ["another network", "10.0.0.0/8", "https://11.1.2.3/", false],
  ["a network is not a name that begins alike", "10.0.0.0/8", "https://10.1.2.3.example/", false],
  ["a network of the sixth version", "fd00::/8", "https://[fd12::1]:5000/", true],
  ["an address of the sixth version with its port", "[fd12::1]:5000", "https://[fd12::1]:5000/", true],
  ["blanks and cases", " B.io ,\tA.IO ", "https://a.io/", true],
  ["an empty list", ",", "https://a.io/", false],
  ["this machine by name", "", "https://localhost:5000/", true],
  ["this machine by address", "", "https://127.1.2.3:5000/", true],
  ["this machine by its sixth version", "", "https://[::1]:5000/", true],
])("NO_PROXY: %s", (_, list, url, isDirect) => {
  for (const name of ["NO_PROXY", "no_proxy"]) {
    expect(by(url, { HTTPS_PROXY: proxy, [name]: list }) === undefined).toBe(isDirect);
  }
});
