import Foundation
import Testing

@testable import Confluence

/// Answers with damage in single values: it costs that value, never the listing, and never opens anything.
@Suite struct `Answers with damaged values` {
    private func listing(_ entry: String) throws -> WireV1.Content {
        let answer = #"{"results":[{"id":"1","title":"whole"},"# + entry + "]}"
        let list = try LenientJSON.decode(
            ListingAnswer<WireV1.Content>.self, from: Data(answer.utf8))
        #expect(list.results.count == 2 && list.results[0].title == "whole")
        return list.results[1]
    }

    @Test(arguments: [
        (#""end\ud83d""#, "end\u{FFFD}"), (#""\ude00end""#, "\u{FFFD}end"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""a\u12 b""#, "a\u{FFFD}12 b"), (#""it\'s""#, "it's"),
        ("\"two\nlines\"", "two\nlines"), ("\"a\u{1}b\"", "a\u{1}b"), (#""\\ud83d""#, #"\ud83d"#),
    ])
    func `a character that cannot be costs itself`(title: String, expected: String) throws {
        #expect(try listing(#"{"id":"2","title":"# + title + "}").title == expected)
    }

    @Test func `bytes that are no UTF-8 cost themselves`() throws {
        var answer = Array(#"{"results":[{"id":"2","title":"a"#.utf8)
        answer += [0xFF, 0xC3]
        answer += Array(#"b"}]}"#.utf8)
        let list = try LenientJSON.decode(ListingAnswer<WireV1.Content>.self, from: Data(answer))
        #expect(list.results.first?.title == "a\u{FFFD}\u{FFFD}b")
    }

    @Test func `a value of another type is taken as what it says, or costs its field`() throws {
        #expect(try listing(#"{"id":"2","title":42}"#).title == "42")
        #expect(try listing(#"{"id":"2","title":["a"]}"#).title == nil)
        #expect(
            try listing(#"{"id":"2","title":{"x":"\ud83d"},"version":{"number":"7"}}"#).version?.number == 7)
        let damaged = try listing(
            #"{"id":2,"title":[],"metadata":"x","history":7,"version":{"number":3,"when":false}}"#)
        #expect(damaged.id.text == "2" && damaged.version?.number == 3)
        #expect(damaged.metadata == nil && damaged.history == nil)
    }

    @Test(arguments: [
        #"{"title":"no id"}"#, #"{"id":{},"title":"x"}"#, #"{"id":"2","version":{"number":"x"}}"#,
        #"{"id":"2","restrictions":"none"}"#,
        #"{"id":"2","restrictions":{"read":{"restrictions":{"user":{"results":"all"}}}}}"#,
        #"{"id":"2","restrictions":{"read":{"restrictions":{"group":{"results":[{"name":[]}]}}}}}"#, "7",
    ])
    func `what decides about an entry is not guessed`(entry: String) {
        #expect(throws: DecodingError.self) {
            try LenientJSON.decode(
                ListingAnswer<WireV1.Content>.self, from: Data(#"{"results":[\#(entry)]}"#.utf8))
        }
    }

    @Test func `where a listing goes on is not guessed`() {
        #expect(throws: DecodingError.self) {
            try LenientJSON.decode(
                ListingAnswer<WireV1.Content>.self, from: Data(#"{"results":[],"_links":"next"}"#.utf8))
        }
    }

    @Test(arguments: ["", "{", "[1,", #"{"results":[{"id":"1"}"#, "<html>", #"{"results":["\"#])
    func `what is no JSON stays none`(text: String) {
        #expect(throws: (any Error).self) {
            try LenientJSON.decode(ListingAnswer<WireV1.Content>.self, from: Data(text.utf8))
        }
    }
}

@Suite struct `Being sent to sign in` {
    @Test(arguments: [
        "https://login.example.com/", "/login.action?os_destination=%2Frest", "https://sso.example.com/x",
        "https://idp.example.com/idp/profile/SAML2/Redirect/SSO", "https://w.example/adfs/ls/?wtrealm=x",
        "/oauth2/authorize?client_id=1", "https://w.example/x?SAMLRequest=abc",
    ])
    func `is told by the address`(address: String) { #expect(SignIn.isAddress(address)) }

    @Test(arguments: [
        "/download/attachments/14/login-guide.pdf", "https://api.media.example.com/file/x/binary?token=y",
        "/wiki/rest/api/content", "https://files.example/single-sign-on.html", "",
    ])
    func `is not read into other addresses`(address: String) { #expect(!SignIn.isAddress(address)) }

    @Test(arguments: [
        "<!DOCTYPE html><html>", "\u{FEFF}\n <HTML lang=en>", "<!-- x --><html>",
        "<?xml version=\"1.0\"?>\n<html>",
        "<head><title>Log in", "<body>",
    ])
    func `is told by the first bytes`(page: String) {
        #expect(SignIn.isPage(Array(page.utf8)))
        #expect(SignIn.isPage(page.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))
    }

    @Test(arguments: ["Remember <html>", "<htmlx>", "%PDF-1.7", "PK\u{3}\u{4}", "", "<svg>", "<!-- only"])
    func `is not read into other files`(file: String) { #expect(!SignIn.isPage(Array(file.utf8))) }
}
