import Testing

@testable import Text

@Suite struct `Identifiers` {
    @Test(arguments: [
        ("getUserById", ["getuserbyid", "get", "user", "by", "id"]),
        ("parseHTMLResponse", ["parsehtmlresponse", "parse", "html", "response"]),
        ("ERR_CONN_RESET_7741", ["errconnreset7741", "err", "conn", "reset", "7741"]),
        ("atomic_write_json", ["atomicwritejson", "atomic", "write", "json"]),
        ("__init__", ["__init__", "init"]),
        ("E-2290", ["e2290", "e", "2290"]), ("E2290", ["e2290", "e", "2290"]), ("E‑2290", ["e2290", "2290"]),
        ("10.20.31.47", ["10.20.31.47", "10.20.31", "10.20"]),
        ("v2.3.1", ["v2.3.1", "2.3.1", "2.3"]), ("2.3.1-rc1", ["2.3.1", "rc"]),
        ("C++", ["c++", "c"]), ("C#", ["c#", "c"]), ("C++17", ["c++17", "c"]), (".NET", [".net", "net"]),
        ("node.js", ["node.js", "nodejs", "node", "js"]), ("AT&T", ["at&t", "att"]), ("U.S.A", ["usa"]),
        ("/etc/nginx/nginx.conf", ["etc", "nginx", "nginx.conf", "conf"]),
        (#"C:\Users\lena"#, [#"c:\users\lena"#, "users", "lena"]),
        (
            "https://wiki.example.com/x/AbC?y=1",
            ["wiki.example.com", "wiki.example.com/x/abc?y=1", "example"]
        ),
        ("lena.fischer@example.com", ["lena.fischer@example.com", "lena.fischer", "example.com", "fischer"]),
        ("INV-2031-0045", ["inv20310045", "inv", "2031", "0045"]),
        ("7f3a01c1-88d2", ["7f3a01c188d2", "7f3a01c1", "88d2"]),
        ("3F2504E0-4F89-11D3-9A0C-0305E82C3301", ["3f2504e04f8911d39a0c0305e82c3301"]),
        ("d41d8cd98f00b204e9800998ecf8427e", ["d41d8cd98f00b204e9800998ecf8427e"]),
        ("00:1A:2B:3C:4D:5E", ["00:1a:2b:3c:4d:5e", "001a2b3c4d5e"]),
        ("fe80::1ff:fe23:4567:890a", ["fe80::1ff:fe23:4567:890a"]),
        ("0x80070057", ["0x80070057", "80070057"]),
        ("2031-06-07", ["20310607", "2031", "06", "07"]), ("2031/06/07", ["20310607"]), ("14:30", ["14:30"]),
        ("1,234,567.50", ["1234567.50", "1,234,567.50"]), ("030-1234567", ["0301234567", "1234567"]),
        ("std::vector", ["std::vector", "stdvector", "vector"]), ("IPv6", ["ipv6"]), ("iPhone", ["iphone"]),
        ("e-mails", ["emails", "email", "mails"]), ("O’Brien", ["obrien", "brien"]), ("l'eau", ["eau"]),
    ])
    func `are found whole and in parts`(written: String, expected: [String]) {
        let found = terms(written)
        #expect(found.isSuperset(of: expected), "\(found)")
        #expect(terms("(see „\(written)“, please)").isSuperset(of: expected))
    }

    @Test(arguments: [("4-5", "45"), ("2.3.1", "231"), ("3,14", "314"), ("24/7", "247")])
    func `joined are not other numbers`(written: String, wrong: String) {
        #expect(!terms(written).contains(wrong))
    }

    @Test func `parts take a position each and what spans them the first`() {
        #expect(forms("x getUserById y")[1...4].map(\.first) == ["get", "user", "by", "id"])
        #expect(forms("x getUserById y")[1].contains("getuserbyid"))
        #expect(forms("x getUserById y")[5] == ["y"])
    }

    @Test func `plurals of capitals are words`() {
        #expect(forms("the APIs") == [["the"], ["apis", "api"]])
    }

    @Test func `a full stop at a sentence's end joins nothing`() {
        #expect(
            forms("Call it. Then wait... (done).", languages: [.english]).map(\.first) == [
                "call", "it", "then", "wait", "done",
            ])
    }
}
