import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

@Suite struct `Exports of other versions` {
    private func read(_ name: String) async throws -> Reading {
        let reading = await Reading(try SpaceExportSource(path: Fixtures.url("exports/\(name)")))
        if let error = reading.error { throw error }
        return reading
    }

    @Test func `an export of 3.4 is read, with wiki markup and user names`() async throws {
        let reading = try await read("confluence-3.4")
        #expect(reading.documents.map(\.document.id) == ["200", "201", "210", "att200"])
        let gateway = try #require(reading.document("201")?.document)
        #expect(gateway.title == "Gateway" && gateway.version == 4 && gateway.author == "alan")
        #expect(gateway.ancestors.map(\.title) == ["Operations"])
        #expect(gateway.updatedAt == confluenceDate("2011-03-01T15:10:37.153Z"))
        #expect(reading.body("201")?.hasPrefix("<h1>Restarting the gateway</h1>") == true)
        #expect(reading.body("201")?.contains("gatewayctl restart && echo ok") == true)
        #expect(reading.mayRead("201", "user:carol", "user:alan"))
        #expect(!reading.mayRead("201", "user:carol"))
        #expect(reading.mayRead("200", "user:carol"))
        #expect(reading.document("210")?.document.readers == gateway.readers)
        #expect(reading.body("att200") == "gw1 rack A\n")
        #expect(reading.listed == ["OPS"])
    }

    @Test func `an export of 8.5 is read, with drafts, folders and bare properties`() async throws {
        let reading = try await read("confluence-8.5")
        #expect(reading.documents.map(\.document.id) == ["600", "603", "610", "att620"])
        #expect(reading.listed == ["DÉV"])
        #expect(
            reading.body("600")?.contains("<![CDATA[if (a[b[0]] > 1) { x(); }]]></ac:plain-text-body>")
                == true)
        #expect(reading.body("603") == "<p>Body with  a backspace and  a separator</p>")
        #expect(reading.document("603")?.document.ancestors.map(\.title) == ["Home", "Folder"])
        #expect(reading.document("603")?.document.readers == AccessRule(allOf: [[.group("developers")]]))
        #expect(reading.document("610")?.document.labels == ["moves"])
        #expect(reading.document("610")?.document.author == "ann")
        #expect(
            reading.document("600")?.document.url
                == "https://dev.example/confluence/pages/viewpage.action?pageId=600")
        #expect(reading.skip("602")?.isFailure == false && reading.skip("601") == nil)
        #expect(reading.body("att620") == "# Notes\n\nCafé\n")
    }

    @Test func `a site backup is read, space by space, without its attachments' files`() async throws {
        let reading = try await read("site-backup")
        #expect(reading.listed == ["FIN", "PUB"])
        #expect(reading.documents.map(\.document.id) == ["30", "31", "32"])
        #expect(reading.document("31")?.document.spaceKey == "FIN")
        #expect(reading.document("31")?.document.author == "Dana Fox")
        #expect(reading.mayRead("31", "group:finance", "user:eli"))
        #expect(!reading.mayRead("31", "group:finance", "user:dana"))
        // Nothing says that the site is open to who is not signed in.
        #expect(!reading.mayRead("32") && reading.mayRead("32", "signed-in"))
        #expect(reading.skip("att60")?.isFailure == false)
        #expect(reading.warnings.isEmpty)
    }
}
