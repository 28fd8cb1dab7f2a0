import Foundation
import ServiceLifecycle
import VectorCollections

extension Services {
    /// Vectors of callers' own making, in the data folder.
    func collections() throws -> VectorCollections {
        var limits = CollectionLimits()
        limits.vectors = settings[\.collections.maxVectors]
        return try VectorCollections.open(
            at: settings[\.data].appendingPathComponent("collections"), limits: limits)
    }
}

/// Closes the collections when the process ends, once nobody is answered any more.
struct CollectionsService: Service {
    let collections: VectorCollections

    func run() async {
        try? await gracefulShutdown()
        await collections.close()
    }
}
