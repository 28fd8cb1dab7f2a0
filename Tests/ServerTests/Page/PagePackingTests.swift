import Foundation
import Testing

@testable import Server

@Suite struct `What is served of the page's files` {
    private func style(_ text: String) -> String {
        String(decoding: StyleText.packed(Array(text.utf8)), as: UTF8.self)
    }

    private func script(_ text: String) throws(ModuleFault) -> String {
        String(decoding: try PageModule(path: "ask/a.js", bytes: Array(text.utf8)).packed, as: UTF8.self)
    }

    @Test(arguments: [
        ("/* what */\na { color: red; /* why */ }\n\nb{}\n", "a{color:red}b{}"),
        ("a  >  b :is(c, d):hover,\n  e { margin: 0  1px; }", "a > b :is(c,d):hover,e{margin:0 1px}"),
        ("a { width: calc(1px  +  2px); --x: 0px; }", "a{width:calc(1px + 2px);--x:0px}"),
        ("@media (min-width: 2px) and (x) {\n  a { b: c; }\n}", "@media (min-width:2px) and (x){a{b:c}}"),
        ("a::after { content: \"  ▾ ; /* } \\\"  \"; }", "a::after{content:\"  ▾ ; /* } \\\"  \"}"),
        ("a /* b */ c {}", "a c{}"), ("/* open", ""), ("a { b: 'open", "a{b:'open"),
    ])
    func `is a stylesheet without comments and white space that separates nothing`(
        text: String, packed: String
    ) {
        #expect(style(text) == packed)
        #expect(style(packed) == packed)
    }

    @Test func `has in the first stylesheet what never changes in the place of its name`() {
        let style = ":root{--a:1px;--b:light-dark(#fff,#000);--c:var(--a);--d:2px;--e:3px;--f:4px}"
        let uses = "p{margin:var(--a) var(--c);color:var(--b);gap:calc(-1 * var(--a));top:var(--none)}"
        let changed = "@media print{:root{--d:0px}}q{top:var(--d);left:var(--e);right:var(--f)}"
        let constants = StyleConstants(
            of: style + uses + changed,
            others: ["r{--e:5px}", "a.style.setProperty(\"--f\", b)", "s{top:var(--a)}"])
        #expect(constants.values == ["--a": "1px", "--b": "light-dark(#fff,#000)"])
        #expect(
            constants.writtenOut(in: uses)
                == "p{margin:1px var(--c);color:light-dark(#fff,#000);gap:calc(-1 * 1px);top:var(--none)}")
        #expect(
            constants.writtenOut(in: style + changed) == style.replacing("var(--a)", with: "1px") + changed)
        #expect(constants.writtenOut(in: "a{top:var(") == "a{top:var(")
        #expect(StyleConstants(of: "a{--a:1px}", others: []).values == [:])
    }

    @Test(arguments: [
        ("const a = { b: 1 }; // what\n", "const a={b:1};"),
        ("let a = b\nc()\n", "let a=b\nc()"),
        ("return a\n  + b;", "return a\n+b;"),
        ("a - -b; a + +b; a - --b; a / /b/.c; a < !b;", "a- -b;a+ +b;a- --b;a/ /b/.c;a< !b;"),
        (
            "typeof a in b; 1 .c; case \"x\": return `  ${ a }  `;",
            "typeof a in b;1 .c;case\"x\":return`  ${a}  `;"
        ),
        ("a(\n  b,\n  c,\n)\n  .d()\n", "a(b,c,).d()"),
        ("if (a) {\n  b();\n}\nelse {\n  c();\n}\n(d)", "if(a){b();}\nelse{c();}\n(d)"),
        ("const a = /x y/g in b;", "const a=/x y/g in b;"),
    ])
    func `is a script whose words are apart, and whose statements end where they did`(
        text: String, packed: String
    ) throws {
        #expect(try script(text) == packed)
        #expect(try script(packed) == packed)
    }

    @Test func `says the same in every file of the page`() throws {
        for file in WebFile.all where file.path.hasSuffix(".js") {
            let module = try PageModule(path: file.path, bytes: file.bytes)
            let again = try PageModule(path: file.path, bytes: module.packed)
            #expect(again.tokens.count == module.tokens.count, "\(file.path)")
            #expect(
                again.tokens.indices.allSatisfy { again.text($0) == module.text($0) }, "\(file.path)")
            #expect(module.packed.count <= file.bytes.count, "\(file.path)")
        }
    }
}
