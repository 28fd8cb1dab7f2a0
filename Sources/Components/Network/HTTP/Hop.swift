import Foundation
import Transport

/// One request on the way that redirects make.
struct Hop: Sendable {
    var method: String
    var url: WebURL
    var headers: HeaderFields
    var body: Data?

    /// What a response asks for next (RFC 9110 §15.4); `nil` when it is the answer.
    ///
    /// After 303, and after 301 or 302 to a `POST`, a `GET` without body follows, as every client does.
    func next(after head: HTTPResponseHead) throws -> Hop? {
        guard [301, 302, 303, 307, 308].contains(head.status), let location = head["location"] else {
            return nil
        }
        var next = self
        next.url = try url.resolving(location)
        let becomesGet = head.status == 303 ? method != "HEAD" : head.status < 303 && method == "POST"
        if becomesGet {
            next.method = "GET"
            next.body = nil
            next.headers.remove("content-type")
        }
        guard next.url.origin != url.origin else { return next }
        guard next.body == nil else {
            throw NetworkError.bodyAcrossOrigins(from: url.authority, to: next.url.authority)
        }
        next.headers = headers.travelling
        return next
    }
}
