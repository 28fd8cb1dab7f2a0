import Corpus
import Foundation
import HTTPTypes
import TestSupport
import Testing
import VectorIndex

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `GET /v1/index` {
    @Test func `tells what both indexes hold, and whether they are level with the database`() async throws {
        let fixture = try await IndexFixture()
        let figures = try await fixture.get("/v1/index").json
        #expect(figures["vectors"]?["count"] == .number(3))
        #expect(figures["vectors"]?["element_type"] == .text("int8"))
        #expect(figures["words"]?["count"] == .number(3))
        #expect((figures["words"]?["terms"]?.number ?? 0) > 10)
        #expect((figures["words"]?["postings_bytes"]?.number ?? 0) > 0)
        #expect(figures["level"]?["is_level"] == .flag(true))
        #expect(figures["level"]?["passages"] == .number(3))
        try fixture.store.remove([fixture.store.ids()[0]])
        let after = try await fixture.get("/v1/index").json
        #expect(after["level"]?["is_level"] == .flag(false))
    }

    @Test func `counts only what the caller may read, by space and by kind`() async throws {
        let fixture = try await IndexFixture()
        let open = try await fixture.get("/v1/index").json["documents"]
        #expect(open?["documents"] == .number(2))
        #expect(open?["kinds"] == .object(["page": .number(1), "blogPost": .number(1)]))
        let hr = try await fixture.get("/v1/index", headers: .principals("group:hr")).json["documents"]
        #expect(hr?["documents"] == .number(3))
        #expect(
            hr?["spaces"]?.list.map { $0["key"] } == [.text("ENG"), .text("HR")])
    }

    @Test func `measures its recall while somebody looks`() async throws {
        let fixture = try await IndexFixture(pages: 40)
        var figures = try await fixture.get("/v1/index").json
        for _ in 0..<1_000 where figures["recall"] == .null {
            try await Task.sleep(for: .milliseconds(10))
            figures = try await fixture.get("/v1/index").json
        }
        #expect(figures["recall_state"] == .text("measured"))
        #expect((figures["recall"]?["value"]?.number ?? 0) > 0.9)
        #expect(figures["recall"]?["sampled"] == .number(43))
    }

    @Test func `tells times of requests in buckets that add up to their count`() async throws {
        let fixture = try await IndexFixture()
        for _ in 0..<3 { _ = try await fixture.get("/v1/index") }
        let latencies = try await fixture.get("/v1/index").json["latencies"]?.list ?? []
        let own = try #require(latencies.first { $0["name"] == .text("index") })
        #expect(own["count"] == .number(3))
        let buckets = (own["buckets"]?.list ?? []).reduce(0) { $0 + ($1["count"]?.number ?? 0) }
        #expect(buckets == 3)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The map of the index over HTTP` {
    @Test func `is drawn in the background, and then given with a tag`() async throws {
        let fixture = try await IndexFixture(pages: 80)
        let response = try await fixture.map()
        #expect(response.status == .ok)
        let map = try ReadMap(try #require(response.data))
        #expect(map.header["method"] == .text("neighbours"))
        #expect(map.header["is_current"] == .flag(true))
        #expect(map.ids == map.ids.sorted())
        let tag = try #require(response.headers[.eTag])
        let again = try await fixture.map(headers: [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
    }

    @Test func `has the points that its caller may read, and no others`() async throws {
        let fixture = try await IndexFixture(pages: 80)
        let open = try ReadMap(try #require(try await fixture.map().data))
        let all = try ReadMap(
            try #require(try await fixture.map(headers: .principals("group:hr")).data))
        #expect(all.ids.count == 83)
        #expect(open.ids.count == 42)
        #expect(Set(open.ids).isSubset(of: all.ids))
        #expect(open.header["spaces"]?.list.map { $0["key"] } == [.text("ENG")])
        #expect(Set(all.spaces) == [0, 1])
        // What is hidden is not even counted.
        for secret in ServerFixture.secrets {
            #expect(!String(describing: open.header).contains(secret))
        }
    }

    @Test func `tells what points are, and of none that may not be read`() async throws {
        let fixture = try await IndexFixture()
        let all = try ReadMap(
            try #require(try await fixture.map(headers: .principals("group:hr")).data))
        let ids = all.ids.map(String.init).joined(separator: ",")
        let open = try await fixture.get("/v1/index/map/points?ids=\(ids)").json["points"]?.list ?? []
        #expect(open.map { $0["title"] } == [.text("Deploy guide"), .text("How to rotate a certificate")])
        let hr = try await fixture.get(
            "/v1/index/map/points?ids=\(ids)", headers: .principals("group:hr")
        ).json["points"]?.list
        #expect(hr?.count == 3)
    }

    @Test(arguments: [
        "", "a", "1,,2", "-", "1,9999999999999999999", String(repeating: "1,", count: 101) + "1",
    ])
    func `refuses what is no list of points`(ids: String) async throws {
        let fixture = try await IndexFixture()
        let response = try await fixture.get("/v1/index/map/points?ids=\(ids)")
        #expect(response.status == .unprocessableContent)
    }

    @Test func `is made once for all who ask at once, and for whoever comes after them`() async throws {
        let fixture = try await IndexFixture(pages: 70)
        let (corpus, qa) = (fixture.base.corpus, try fixture.base.qa())
        _ = try await fixture.map()
        let maps = IndexMaps(fixture.served, logger: fixture.base.log.logger)
        let bodies = MapBodies()
        let drawn = try #require(try await maps.reading().drawn, "it is kept on disk")
        let scope = corpus.scope(for: .anonymous)
        // Whoever begins it goes at once.
        let first = Task { try await bodies.body(drawn, isCurrent: true, corpus, scope, qa) }
        first.cancel()
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<16 {
                group.addTask { try await bodies.body(drawn, isCurrent: true, corpus, scope, qa)?.tag }
            }
            var tags: Set<String?> = []
            for try await tag in group { tags.insert(tag) }
            #expect(tags.count == 1 && !tags.contains(nil))
        }
        _ = try? await first.value
        #expect(bodies.madeCount == 1)
        // Others' rights are another map.
        let more = corpus.scope(for: Reader([.group("hr")]))
        let other = try await bodies.body(drawn, isCurrent: true, corpus, more, qa)
        #expect(other?.tag != nil)
        #expect(bodies.madeCount == 2)
    }

    @Test func `of an index without passages is empty`() async throws {
        let fixture = try await IndexFixture()
        try fixture.store.remove(fixture.store.ids())
        let map = try ReadMap(try #require(try await fixture.map().data))
        #expect(map.ids.isEmpty)
        #expect(map.header["method"] == .text("none"))
    }

    @Test func `is kept on disk, and not believed when it is damaged`() async throws {
        let fixture = try await IndexFixture(pages: 70)
        _ = try await fixture.map()
        let folder = fixture.folder.url.appendingPathComponent("maps")
        #expect(await eventually { MapFile.read(in: folder) != nil })
        let kept = try #require(MapFile.read(in: folder))
        #expect(kept.map.count == 73)
        #expect(kept.fingerprint == IndexFingerprint(of: fixture.store.ids()))
        let file = folder.appendingPathComponent(MapFile.name)
        let whole = try Data(contentsOf: file)
        for place in [0, 9, 40, 56, 70, whole.count - 1] {
            var damaged = whole
            damaged[place] ^= 0x41
            try damaged.write(to: file)
            #expect(MapFile.read(in: folder) == nil, "byte \(place)")
        }
        for count in [0, 10, 63, whole.count - 1] {
            try whole.prefix(count).write(to: file)
            #expect(MapFile.read(in: folder) == nil, "\(count) bytes")
        }
    }
}
