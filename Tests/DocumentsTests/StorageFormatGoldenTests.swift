import Documents
import Foundation
import Testing

/// Every family of elements and macros: `fixtures/storage-format/NAME.xhtml` and what becomes of it.
///
/// `MILLRACE_RECORD=1` writes the expectations anew; read each before it is committed.
@Suite struct `Storage format, against golden files` {
    @Test(arguments: StorageFormatFixtures.names)
    func `a page renders as its golden files say`(name: String) throws {
        let source = try StorageFormatFixtures.source(name)
        let page = try StorageFormatParser().parse(source)
        let text = TextRenderer(references: KnownPeople()).render(page.blocks, title: "Golden")
        let warnings = page.warnings.map { "! \($0)\n" }.joined()
        try expect(describe(text) + warnings, matches: name + ".txt")
        try expect(MarkdownRenderer(references: KnownPeople()).render(page.blocks), matches: name + ".md")
        try expect(try BlockJSON.string(page.blocks) + "\n", matches: name + ".json")
    }

    @Test func `there are golden files for at least 45 families`() {
        #expect(StorageFormatFixtures.names.count >= 45)
    }

    /// The text, then every section and unit, so that a golden file shows where a page may be cut.
    private func describe(_ rendered: RenderedText) -> String {
        let bytes = Array(rendered.text.utf8)
        var lines = [rendered.text, "=== units"]
        for unit in rendered.units {
            let section = rendered.sections[unit.section]
            let place =
                section.headingPath.joined(separator: " › ") + (section.anchor.map { " #" + $0 } ?? "")
            let first = String(decoding: bytes[unit.range], as: UTF8.self).split(separator: "\n").first ?? ""
            let lead = unit.lead.isEmpty ? "" : " ⟵ " + unit.lead.replacing("\n", with: " ⏎ ")
            let group = unit.group.map { " \($0)" } ?? ""
            lines.append("\(unit.kind)\(group) [\(place)] \(first)\(lead)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func expect(_ actual: String, matches file: String) throws {
        let url = StorageFormatFixtures.folder.appending(path: file)
        if ProcessInfo.processInfo.environment["MILLRACE_RECORD"] == "1" {
            try actual.write(to: url, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: url, encoding: .utf8)
        #expect(actual == expected, "\(file) differs")
    }
}

/// The pages under `fixtures/storage-format`.
enum StorageFormatFixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../fixtures/storage-format").standardizedFileURL

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".xhtml") }.map { String($0.dropLast(6)) }.sorted()
    }()

    static func source(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name + ".xhtml"), encoding: .utf8)
    }
}

/// Knows one person by account and one by key.
struct KnownPeople: ReferenceResolver {
    func displayName(of user: UserReference) -> String? {
        switch user {
        case .accountID("557058:ana"): "Ana Ruiz"
        case .userKey("8a7f808"): "Chen Wu"
        default: nil
        }
    }
}
