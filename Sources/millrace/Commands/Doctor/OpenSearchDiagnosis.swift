import Backends
import Models

/// Tries the OpenSearch that the settings name, and changes nothing in it.
struct OpenSearchDiagnosis: Sendable {
    private static let part = "vectors in OpenSearch"

    let services: Services

    func finding() async -> Finding {
        do {
            let model = try await services.embedder().model
            let (found, passages) = try await services.openSearchInspection(model: model)
            let place = "OpenSearch \(found.version), cluster \(found.cluster), with opensearch-knn"
            guard let count = found.count else {
                return .fine(
                    Self.part, "\(place); no index \(found.alias) yet, which the next start makes and fills")
            }
            let level =
                passages.map { passages in
                    count == passages
                        ? ", level with the database"
                        : " for \(passages) chunks; the next start makes it level with the database"
                } ?? ""
            return .fine(Self.part, "\(place); \(found.alias) has \(count) vectors\(level)")
        } catch {
            return .fails(Self.part, "\(error)")
        }
    }
}
