import Testing

@testable import Server

@Suite struct `A module of the page` {
    private func module(_ text: String, path: String = "ask/a.js") throws(ModuleFault) -> PageModule {
        try PageModule(path: path, bytes: Array(text.utf8))
    }

    @Test func `names what it imports, over several lines too, and from where`() throws {
        let module = try module(
            """
            /** import { no } from "./no.js"; */
            import { a } from "./b.js";
            import {
              c, d,
            } from "../shell/e.js";
            """)
        #expect(module.imports.map(\.names) == [["a"], ["c", "d"]])
        #expect(module.imports.map(\.path) == ["ask/b.js", "shell/e.js"])
        #expect(module.imports.map(\.line) == [2, 3])
    }

    @Test func `names what it exports and what it loads later`() throws {
        let module = try module(
            """
            export const a = 1;
            export function b() { return import("./later.js"); }
            export async function c() { await b(); }
            export async function* d() { yield 1; }
            export class E { g() { this.import(); } }
            export const f = async () => await import("../search/search.js");
            """)
        #expect(module.exports == ["a", "b", "c", "d", "E", "f"])
        #expect(module.lazyImports.map(\.path) == ["ask/later.js", "search/search.js"])
    }

    @Test(arguments: [
        #"const a = "import x from 'y'"; const b = 'export default 1';"#,
        "const a = `import x ${`export ${1} default`} export { }`;",
        #"const a = /import "x/.test(y) ? /[/"'`]/g : 1 / 2 / 3;"#,
        "// import x\n/* export default 1 */\nconst a = { b: 1 };",
        "let i = 0; i++ / 2; const b = x.import + x.export + [...y];",
        "const a = (b) => { if (b) return /}/; return `}`; };",
    ])
    func `is not misled by texts, templates, comments, expressions and properties`(text: String) throws {
        let module = try module(text)
        #expect(module.imports.isEmpty && module.exports.isEmpty && module.lazyImports.isEmpty)
    }

    @Test(arguments: [
        #"import a from "./b.js";"#, #"import * as a from "./b.js";"#, #"import "./b.js";"#,
        #"import { a as b } from "./b.js";"#, #"import { default as b } from "./b.js";"#,
        #"import { a } from "b";"#, #"import { a } from "https://x.example/b.js";"#,
        #"import { a } from "../../b.js";"#, #"import { a } from "./a.js";"#, #"import { } from "./b.js";"#,
        #"import { a } from "./b.js""#, #"import { a, a } from "./b.js";"#, "import(name);",
        #"import("./b.js", {});"#, "import.meta.url;", "export { a };", "export default 1;",
        #"export * from "./b.js";"#, "export let a = 1;", "export const { a } = b;",
        "export const a = 1, b = 2;", "export var a = 1;", "var a = 1;", "await a();",
        "const a = await b;", "const $a = 1;", "function a() { export const b = 1; }",
        #"{ import { a } from "./b.js"; }"#, "const a = (1;", "const a = 1);", #"const a = "b"#,
        "const a = `b",
        "/* a", "const a = /b", "export const a = 1; export const a = 2;",
    ])
    func `is refused in any other form, by file and line`(text: String) throws {
        let fault = #expect(throws: ModuleFault.self) { try module("\n" + text) }
        #expect(fault?.file == "ask/a.js")
        #expect(fault.map { $0.line >= 2 } == true)
        #expect(fault?.description.hasPrefix("ask/a.js:") == true)
    }

    @Test func `finds its server by its own address only where other sites load it`() throws {
        _ = try module("const a = new URL(\"..\", import.meta.url);", path: "embed/a.js")
    }
}
