import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `millrace eval` {
    private static let questions = HandbookFolder.questions

    private func folder(_ questions: String = questions) throws -> (
        TemporaryDirectory, data: URL, file: String
    ) {
        let folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("questions.jsonl")
        try Data(questions.utf8).write(to: file)
        return (folder, folder.url.appendingPathComponent("data"), file.path)
    }

    private func object(_ run: CommandLineRun) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any],
            "\(run.errors)")
    }

    @Test func `a report can be made of one half, compared with itself and shown as a page`() throws {
        let (folder, data, file) = try folder()
        defer { withExtendedLifetime(folder) {} }
        try HandbookFolder.copySample(to: data)
        let taken = try CommandLineRun(
            ["ingest", "--export", Fixtures.url("space").path, "--json"], data: data)
        #expect(taken.status == 0, "\(taken.errors)")
        let first = try CommandLineRun(["eval", file, "--json"], data: data)
        #expect(first.status == 0, "\(first.errors)")
        let report = try object(first)
        #expect(report["questions"] as? Int == 2)
        #expect(report["layout"] as? Int == 2)
        let figures = try #require(report["figures"] as? [String: Any])
        #expect(figures["answers.right"] != nil)

        let before = folder.url.appendingPathComponent("before.json")
        try Data(first.output.utf8).write(to: before)
        let page = folder.url.appendingPathComponent("report.html")
        let second = try CommandLineRun(
            ["eval", file, "--half", "report", "--against", before.path, "--html", page.path, "--json"],
            data: data)
        let half = try object(second)
        #expect(half["questions"] as? Int == 1)
        let comparison = try #require(half["comparison"] as? [String: Any])
        #expect(comparison["questions"] as? Int == 1)
        #expect(comparison["unpaired"] as? Int == 1)
        let html = try String(contentsOf: page, encoding: .utf8)
        #expect(html.hasPrefix("<!doctype html>"))
        #expect(!html.contains("<script"))
    }

    @Test func `two settings over one data folder are compared in one run`() throws {
        let (folder, data, file) = try folder()
        defer { withExtendedLifetime(folder) {} }
        try HandbookFolder.copySample(to: data)
        let taken = try CommandLineRun(
            ["ingest", "--export", Fixtures.url("space").path, "--json"], data: data)
        #expect(taken.status == 0, "\(taken.errors)")
        let settings = folder.url.appendingPathComponent("other.yaml")
        try Data("search:\n  ef_search: 64\n".utf8).write(to: settings)
        let run = try CommandLineRun(["eval", file, "--compare", settings.path, "--json"], data: data)
        #expect(run.status == 0, "\(run.errors)")
        let comparison = try #require(try object(run)["comparison"] as? [String: Any])
        #expect(comparison["questions"] as? Int == 2)
    }

    @Test func `a badly formed field, an empty half and a file that is no report are named`() throws {
        let (folder, data, file) = try folder()
        defer { withExtendedLifetime(folder) {} }
        let bad = folder.url.appendingPathComponent("bad.jsonl")
        try Data("\n{\"id\": \"a\", \"question\": \"x?\", \"pages\": 3}\n".utf8).write(to: bad)
        let unread = try CommandLineRun(["eval", bad.path], data: data)
        #expect(unread.status == 1)
        #expect(unread.errors.contains("bad.jsonl:2"), "\(unread.errors)")
        #expect(unread.errors.contains("pages"), "\(unread.errors)")
        let report = try CommandLineRun(["eval", file, "--against", file], data: data)
        #expect(report.status == 1)
        #expect(report.errors.contains("is no report"), "\(report.errors)")
    }

    @Test(arguments: [
        ["--half", "both"], ["--concurrency", "0"], ["--compare", "a.yaml", "--against", "b.json"],
    ])
    func `what cannot be meant is a mistyped command`(options: [String]) throws {
        let run = try CommandLineRun(["eval", "questions.jsonl"] + options)
        #expect(run.status == 64)
    }
}
