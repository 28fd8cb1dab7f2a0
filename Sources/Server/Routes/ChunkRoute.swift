import Corpus
import HTTPTypes

/// `GET /v1/chunks/{id}/context`: a passage within its page.
struct ChunkRoute: Sendable {
    let corpus: any PassageStore
    let caller: CallerReader

    var route: Route {
        Route(.get, "/v1/chunks/{id}/context") { request, parameters in
            let reader = try caller.reader(of: request)
            let written = parameters["id"] ?? ""
            // A passage that is not there and one that may not be read look alike, on purpose.
            guard let id = Int64(written), let context = try await corpus.context(ofChunk: id, reader: reader)
            else {
                throw RequestFault.noSuchPassage(id: String(written.prefix(20)))
            }
            return try .json(PassageDocument(context))
        }
    }
}
