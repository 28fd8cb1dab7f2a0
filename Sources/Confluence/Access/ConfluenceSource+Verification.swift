import Foundation
import Transport

extension ConfluenceSource {
    /// Asks the site whether somebody may read a content right now: the space's permissions, the content's own
    /// restrictions and those of everything above it, as the site itself weighs them.
    ///
    /// Cloud alone can be asked for others: `POST /rest/api/content/{id}/permission/check`, by the account that reads the
    /// site, which must be allowed to ask. Requests that fail are not made anew: somebody waits.
    ///
    /// - Parameter account: the account id.
    /// - Throws: ``ConfluenceError``, also for whatever is no clear answer.
    public func mayRead(content id: String, account: String) async throws -> Bool {
        let dialect = try await makeDialect()
        guard dialect is ConfluenceCloud else {
            throw ConfluenceError.invalidAnswer(
                path: "/rest/api/content", reason: "Data Center cannot be asked what others may read")
        }
        let path = "/rest/api/content/\(ConfluenceLinks.escaped(id))/permission/check"
        let question = PermissionQuestion(
            subject: PermissionQuestion.Subject(type: "user", identifier: account), operation: "read")
        do {
            let answer: PermissionAnswer = try await dialect.api.post(path, question)
            guard answer.errors?.isEmpty ?? true else { return false }
            return answer.hasPermission
        } catch ConfluenceError.status(404, _) {
            // It is gone, or not even the account that asks may see it.
            return false
        }
    }

    private struct PermissionQuestion: Encodable {
        struct Subject: Encodable {
            var type: String
            var identifier: String
        }

        var subject: Subject
        var operation: String
    }

    private struct PermissionAnswer: Decodable {
        /// Whatever is said is a reason to close; what it is does not matter.
        struct Fault: Decodable {}

        var hasPermission: Bool
        var errors: [Fault]?
    }
}
