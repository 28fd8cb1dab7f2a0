import Foundation
import Logging
import Testing
import VectorIndex

@testable import Server

@Suite struct `Figures of vectors that lie on a server` {
    private func index(_ statistics: @escaping @Sendable () throws -> IndexStatistics) -> ServedIndex {
        ServedIndex(
            vectors: .shared(
                ServedVectors.SharedVectors(
                    dimension: 384, metric: .cosine, m: 16, efConstruction: 64, efSearch: 100,
                    statistics: statistics)),
            revision: { 1 }, words: nil, databaseGeneration: { 1 }, efSearch: 64, mapFolder: nil)
    }

    private var figures: IndexStatistics {
        IndexStatistics(
            count: 7, deadCount: 0, layerCount: 0, format: .float16, bytesPerVector: 0,
            snapshotByteCount: 4_096, logByteCount: 0, logRecordCount: 0, generation: 0)
    }

    @Test func `tell what the server holds, and nothing of this process's memory`() throws {
        let figures = figures
        let index = index { figures }
        let document = IndexDocument.Vectors(
            index.vectors, try index.vectors.statistics(), index.vectors.memory())
        #expect(document.count == 7)
        #expect(document.elementType == "float16")
        #expect(document.diskBytes == 4_096)
        #expect(document.m == 16 && document.efConstruction == 64 && document.efSearch == 100)
        #expect(document.memoryBytes == 0 && document.residentBytes == 0 && document.mappedBytes == 0)
    }

    @Test func `are refused in words while the server does not answer`() {
        let error = VectorIndexError.unavailable(server: "db:5432/m", reason: "db:5432/m is away")
        let index = index { throw error }
        #expect(throws: error) { try index.vectors.statistics() }
        #expect(error.description == "db:5432/m is away")
    }

    @Test func `have no map, and no recall that is measured here`() async throws {
        let figures = figures
        let index = index { figures }
        let maps = IndexMaps(index, logger: Logger(label: "test"))
        let error = await #expect(throws: RequestFault.self) { try await maps.reading() }
        #expect(error?.description.contains("vectors.provider") == true)
        let recall = IndexRecall(index, logger: Logger(label: "test"))
        recall.refresh()
        #expect(recall.reading.state == .waiting)
    }
}
