import Backends
import Foundation
import Logging
import ServiceLifecycle
import VectorCollections

extension Services {
    /// Vectors of callers' own making: in the data folder, or in the database that processes share, with copies here.
    func collections() async throws -> VectorCollections {
        var limits = CollectionLimits()
        limits.vectors = settings[\.collections.maxVectors]
        let own = settings[\.data].appendingPathComponent(Self.collectionsFolder)
        guard settings[\.database.provider] == .postgres else {
            let collections = try VectorCollections.open(at: own, limits: limits)
            for fault in collections.unreadable { logger.unreadable(fault) }
            return collections
        }
        let journal = PostgresCollections(try postgresPool())
        let derived = try await derivedFolder()
        try await give(own, to: journal, named: derived.lastPathComponent)
        let collections = try VectorCollections.open(
            at: derived.appendingPathComponent(Self.collectionsFolder), limits: limits, journal: journal,
            onChange: try telling(.collections))
        try follow(.collections) { collections.lookAgain() }
        return collections
    }

    static let collectionsFolder = "collections"

    /// Puts what lies in this data folder alone into the database, once each: from before the database was one that
    /// processes share, or from a version that kept collections in the folder.
    private func give(_ folder: URL, to journal: PostgresCollections, named place: String) async throws {
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        let own = try VectorCollections.open(at: folder)
        let moved: [MovedCollection]
        do {
            moved = try await own.give(to: journal, named: place)
        } catch {
            await own.close()
            throw error
        }
        await own.close()
        for collection in moved {
            var facts: Logger.Metadata = ["millrace.collection": "\(collection.name)"]
            switch collection.outcome {
            case .wasMoved: continue
            case .moved(let points):
                facts["millrace.points"] = "\(points)"
                logger.notice("a collection of the data folder was put into the database", metadata: facts)
            case .nameTaken:
                facts["millrace.folder"] = "\(folder.path)"
                logger.warning(
                    "a collection of the data folder is not served, as the database has one of its name",
                    metadata: facts)
            case .unreadable(let fault): logger.unreadable(fault)
            }
        }
    }

    /// What keeps collections level with the database, and closes them.
    func service(of collections: VectorCollections) -> any Service {
        CollectionsService(collections: collections, logger: logger)
    }
}

extension Logger {
    /// Says once why a collection is not served here.
    fileprivate func unreadable(_ fault: CollectionError) {
        error("a collection is not served by this process", metadata: ["millrace.reason": "\(fault)"])
    }
}

/// Follows what other processes write to collections, and closes them when the process ends, once nobody is answered any
/// more.
private struct CollectionsService: Service {
    let collections: VectorCollections
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown { [logger] in
            await collections.follow(
                told: { error in
                    if let error {
                        logger.warning(
                            "collections cannot follow the database; answers may lack what others store",
                            metadata: ["millrace.reason": "\(error)"])
                    } else {
                        logger.info("collections follow the database again")
                    }
                }, toldUnreadable: { logger.unreadable($0) })
        }
        try? await gracefulShutdown()
        await collections.close()
    }
}
