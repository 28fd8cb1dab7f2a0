import Flow
import FlowService
import Foundation
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `ComponentReference` {
    @Test func `is docs/components.md, as the components declare themselves`() async throws {
        let url = Fixtures.checkout.appendingPathComponent("docs/components.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let start = try #require(text.range(of: "<!-- components -->\n"))
        let reference = "\n" + (try await ServerFixture().flows.service.catalog.reference)
        if ProcessInfo.processInfo.environment["MILLRACE_RECORD"] == "1" {
            try (text[..<start.upperBound] + reference).write(to: url, atomically: true, encoding: .utf8)
            return
        }
        #expect(String(text[start.upperBound...]) == reference)
    }
}
