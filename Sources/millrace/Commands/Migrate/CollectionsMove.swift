import Backends
import Foundation
import Moving
import VectorCollections

extension MovePlace {
    /// Copies this place's collections of vectors to another one, each as a whole; those that are there stay as they are.
    ///
    /// - Returns: what became of each. Of two folders none is copied: they lie in the folder like the files.
    func copyCollections(to target: MovePlace) async throws -> [MovedCollection] {
        switch (self, target) {
        case (.folder(let folder), .server(let settings)):
            let folder = Self.collections(of: folder)
            guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
            return try await Self.give(folder, to: settings)
        case (.server(let settings), .folder(let folder)):
            return try await Self.take(from: settings, into: Self.collections(of: folder))
        case (.server(let source), .server(let target)):
            let files = FileManager.default
            let folder = files.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)")
            defer { try? files.removeItem(at: folder) }
            guard try await !Self.take(from: source, into: folder).isEmpty else { return [] }
            return try await Self.give(folder, to: target)
        case (.folder, .folder): return []
        }
    }

    private static func collections(of folder: URL) -> URL {
        folder.appendingPathComponent(Services.collectionsFolder)
    }

    private static func give(_ folder: URL, to server: PostgresSettings) async throws -> [MovedCollection] {
        let pool = PostgresPool(server, size: 1)
        defer { pool.closeAll() }
        let place = try await PostgresCorpus(pool).identity()
        return try await closing(folder) {
            try await $0.give(to: PostgresCollections(pool), named: place)
        }
    }

    private static func take(from server: PostgresSettings, into folder: URL) async throws
        -> [MovedCollection]
    {
        let pool = PostgresPool(server, size: 1)
        defer { pool.closeAll() }
        let journal = PostgresCollections(pool)
        guard try await !journal.collections().isEmpty else { return [] }
        return try await closing(folder) { try await $0.take(from: journal) }
    }

    private static func closing<Value>(
        _ folder: URL, _ body: (VectorCollections) async throws -> Value
    ) async throws -> Value {
        let collections = try VectorCollections.open(at: folder)
        do {
            let value = try await body(collections)
            await collections.close()
            return value
        } catch {
            await collections.close()
            throw error
        }
    }
}

extension MovedCollection {
    /// How many were moved; `nil` for none, as it was moved before or stays where it is.
    var points: Int? { if case .moved(let points) = outcome { points } else { nil } }

    /// For people; `nil` where there is nothing to say.
    var told: String? {
        switch outcome {
        case .moved(let points): "The collection “\(name)” was moved, points: \(points)."
        case .wasMoved: nil
        case .unreadable(let fault): "The collection “\(name)” was not moved: \(fault)"
        case .nameTaken:
            "The collection “\(name)” was not moved: there is one of its name already, which stays as it is."
        }
    }
}
