import Concurrency
import Foundation
import Synchronization

extension VectorCollections {
    /// Stores points; one whose id is there gets the new vector and the new payload. All of them or none.
    ///
    /// Returns once they are on the disk and found by searches.
    ///
    /// - Throws: ``CollectionError/invalid(field:reason:)`` that names the first wrong place, such as
    ///   `points[3].vector[17]`; ``CollectionError/tooManyVectors(limit:)``.
    public func upsert(
        _ points: [Point], into name: String, tenant: String
    ) async throws(CollectionError) -> ChangeReport {
        try await writing(name, tenant) { collection throws(CollectionError) in
            if points.isEmpty { return ChangeReport() }
            try await self.reading { try Self.check(points, collection.check) }
            return try await collection.change(.upsert(points))
        }
    }

    /// Removes points; ids that no point has are passed over.
    public func remove(
        _ ids: [PointID], from name: String, tenant: String
    ) async throws(CollectionError) -> ChangeReport {
        try await writing(name, tenant) { collection throws(CollectionError) in
            try Self.check(ids)
            if ids.isEmpty { return ChangeReport() }
            return try await collection.change(.remove(ids))
        }
    }

    /// Removes the points that a filter admits, of those that are there when it begins: some thousands at a time, so that
    /// a failure may leave some of them.
    ///
    /// What is stored meanwhile stays, be it new or in the place of a point that was to go, as if it had been stored behind
    /// the removal. So this comes to its end however fast others store.
    public func remove(
        matching filter: CollectionFilter, from name: String, tenant: String
    ) async throws(CollectionError) -> ChangeReport {
        try await remove(matching: filter, from: name, tenant: tenant, atOnce: CollectionLimits.idsPerCall)
    }

    /// - Parameter limit: points of one change at most.
    func remove(
        matching filter: CollectionFilter, from name: String, tenant: String, atOnce limit: Int
    ) async throws(CollectionError) -> ChangeReport {
        try await writing(name, tenant) { collection throws(CollectionError) in
            try filter.check(place: "filter")
            // Everything that was acknowledged anywhere.
            try await collection.level()
            let last = try await self.reading { try collection.database.read { try $0.lastSequence() } }
            var all = ChangeReport()
            var place: UInt64?
            repeat {
                let after = place
                let (slots, ids) = try await self.reading {
                    try collection.database.read { db in
                        let slots = try db.slots(after: after, filter, through: last, limit: limit)
                        return (slots, try slots.compactMap { try db.point(at: $0, PointParts())?.id })
                    }
                }
                if !ids.isEmpty {
                    all.removed += try await collection.change(.remove(ids, unchangedSince: last)).removed
                }
                // Each is looked at once.
                place = slots.count < limit ? nil : slots.last
            } while place != nil
            return all
        }
    }

    /// The points of these ids, in their order; ids that no point has are left out.
    public func points(
        _ ids: [PointID], of name: String, tenant: String, parts: PointParts
    ) async throws(CollectionError) -> [StoredPoint] {
        try await using(name, tenant) { collection throws(CollectionError) in
            try Self.check(ids)
            try Self.checkFloats(ids.count, parts, collection, field: "ids")
            return try await self.reading {
                try collection.database.read { db in
                    var size = AnswerSize()
                    return try ids.compactMap { id in
                        guard let slot = try db.slot(of: id), let point = try db.point(at: slot, parts) else {
                            return nil
                        }
                        try size.add(point.payload, field: "ids")
                        return point
                    }
                }
            }
        }
    }

    /// A page of points: those with integer ids by their ids, then the others in the order in which they came.
    ///
    /// - Parameters:
    ///   - after: what the page before gave as `next`.
    ///   - limit: within ``CollectionLimits/results``.
    public func scroll(
        _ name: String, tenant: String, after: UInt64? = nil, limit: Int, filter: CollectionFilter? = nil,
        parts: PointParts
    ) async throws(CollectionError) -> (points: [StoredPoint], next: UInt64?) {
        try await using(name, tenant) { collection throws(CollectionError) in
            let allowed = CollectionLimits.results
            guard allowed.contains(limit) else {
                throw .invalid(
                    field: "limit", reason: "is \(limit); it must be from 1 to \(allowed.upperBound)")
            }
            try Self.checkFloats(limit, parts, collection, field: "limit")
            try filter?.check(place: "filter")
            return try await self.reading {
                try collection.database.read { db in
                    let slots = try db.slots(after: after, filter, limit: limit + 1)
                    let page = slots.prefix(limit)
                    let points = try page.compactMap { try db.point(at: $0, parts) }
                    return (points, slots.count > limit ? page.last : nil)
                }
            }
        }
    }

    /// How many points there are, or how many a filter admits.
    public func count(
        _ name: String, tenant: String, filter: CollectionFilter? = nil
    ) async throws(CollectionError) -> Int {
        try await using(name, tenant) { collection throws(CollectionError) in
            guard let filter, !filter.isEmpty else { return collection.count }
            try filter.check(place: "filter")
            return try await self.reading { try collection.database.read { try $0.count(filter) } }
        }
    }

    /// The nearest points for each query.
    ///
    /// Short searches are done on the calling thread; see ``OpenCollection/quickWidth``.
    public func query(
        _ queries: [CollectionQuery], of name: String, tenant: String
    ) async throws(CollectionError) -> QueryAnswer {
        let collection = try await lease(CollectionKey(tenant: tenant, name: name))
        defer { collection.release() }
        guard queries.count <= CollectionLimits.queriesPerCall else {
            throw .invalid(
                field: "queries",
                reason: "has \(queries.count); the limit is \(CollectionLimits.queriesPerCall)")
        }
        var floats = 0
        for query in queries {
            try query.check(collection.check, dimension: collection.settings.dimension)
            if query.parts.vector { floats += query.k * collection.settings.dimension }
        }
        guard floats <= CollectionLimits.floatsPerAnswer else { throw Self.tooManyFloats("with_vector") }
        if collection.isQuick(queries) {
            let found = try collection.search(queries)
            guard collection.needsDatabase(queries, found) else {
                return collection.results(queries, found)
            }
            return try await reading { try collection.completedResults(queries, found) }
        }
        return try await reading {
            let found = try collection.search(queries)
            return collection.needsDatabase(queries, found)
                ? try collection.completedResults(queries, found) : collection.results(queries, found)
        }
    }

    // MARK: Checks

    func using<Value>(
        _ name: String, _ tenant: String, _ body: (OpenCollection) async throws(CollectionError) -> Value
    ) async throws(CollectionError) -> Value {
        let collection = try await lease(CollectionKey(tenant: tenant, name: name))
        defer { collection.release() }
        return try await body(collection)
    }

    /// The same for what changes something: where the collection is another one by now, it is begun again there.
    private func writing<Value>(
        _ name: String, _ tenant: String, _ body: (OpenCollection) async throws(CollectionError) -> Value
    ) async throws(CollectionError) -> Value {
        guard journal != nil else { return try await using(name, tenant, body) }
        let key = CollectionKey(tenant: tenant, name: name)
        let before = slot(key)?.entry.folder
        do throws(CollectionError) {
            return try await using(name, tenant, body)
        } catch {
            // What is wrong for the one that was here may be right for the one that is there now.
            switch error {
            case .noSuchCollection, .invalid: try? await look()
            default: throw error
            }
            guard let now = slot(key)?.entry.folder, now != before else { throw error }
        }
        return try await using(name, tenant, body)
    }

    private static func check(_ points: [Point], _ vectors: VectorCheck) throws(CollectionError) {
        guard points.count <= CollectionLimits.pointsPerUpsert else {
            throw .invalid(
                field: "points",
                reason: "has \(points.count); the limit is \(CollectionLimits.pointsPerUpsert)")
        }
        var places: [PointID: Int] = [:]
        for (position, point) in points.enumerated() {
            if let fault = point.id.fault { throw .invalid(field: "points[\(position)].id", reason: fault) }
            if let first = places.updateValue(position, forKey: point.id) {
                throw .invalid(
                    field: "points[\(position)].id", reason: "is \(point.id), as that of points[\(first)] is")
            }
            try vectors.check(point.vector, "points[\(position)].vector")
        }
    }

    private static func check(_ ids: [PointID]) throws(CollectionError) {
        guard ids.count <= CollectionLimits.idsPerCall else {
            throw .invalid(
                field: "ids", reason: "has \(ids.count); the limit is \(CollectionLimits.idsPerCall)")
        }
        for (position, id) in ids.enumerated() {
            if let fault = id.fault { throw .invalid(field: "ids[\(position)]", reason: fault) }
        }
    }

    private static func checkFloats(
        _ count: Int, _ parts: PointParts, _ collection: OpenCollection, field: String
    ) throws(CollectionError) {
        guard !parts.vector || count * collection.settings.dimension <= CollectionLimits.floatsPerAnswer
        else {
            throw tooManyFloats(field)
        }
    }

    private static func tooManyFloats(_ field: String) -> CollectionError {
        .invalid(
            field: field,
            reason: "asks for vectors of more than \(CollectionLimits.floatsPerAnswer) numbers together")
    }
}
