import Corpus
import Testing

@Suite struct `A list of principals` {
    @Test(arguments: [
        ("user:ann,group:staff", ["user:ann", "group:staff"]),
        (" user:ann , , anyone ", ["user:ann", "anyone"]),
        (#""group:night, shift""#, ["group:night, shift"]),
        (#"group:"night, shift""#, ["group:night, shift"]),
        (#"user:"a ""b"", c" ,signed-in"#, [#"user:a "b", c"#, "signed-in"]), ("", []), (",", []),
        (#"group:the "A" team"#, [#"group:the "A" team"#]),
        (#"group:DOM\x,user:y"#, [#"group:DOM\x"#, "user:y"]),
        ("group:夜勤, user:é", ["group:夜勤", "user:é"]),
    ])
    func `is parted by commas, but not within quotes`(list: String, parts: [String]) throws {
        #expect(try PrincipalList.parts(list) == parts)
    }

    @Test(arguments: [#""group:night"#, #"group:"night, shift"#, #""group:a" b"#, #""a"b,c"#, #"user:""#])
    func `with quotes that do not end is refused`(list: String) {
        #expect(throws: PrincipalList.Fault.self) { try PrincipalList.parts(list) }
    }

    @Test(arguments: [
        "group:night, shift", #"user:a"b"#, "group:plain", "anyone", " user:x", #"group:"q""#, ",", "",
    ])
    func `reads what it wrote`(part: String) throws {
        let list = [part, "user:z"].map { PrincipalList.written($0) }.joined(separator: ",")
        #expect(try PrincipalList.parts(list) == [part, "user:z"].filter { !$0.isEmpty })
    }

    @Test func `says how the principal is written that is none`() {
        #expect(throws: PrincipalList.Fault.notAPrincipal("lena")) { try PrincipalList.principals("lena") }
        let words = PrincipalList.Fault.notAPrincipal("lena").description
        #expect(words.contains("user:lena") && words.contains("group:lena"))
    }
}
