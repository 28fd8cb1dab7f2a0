import Foundation
import HTTPTypes
import Identity

extension CallerReader {
    /// Whoever a key or token proves the caller to be, and that key or token; `nil` without one.
    func verified(
        _ request: APIRequest
    ) async throws(RequestFault) -> (caller: VerifiedCaller, credential: String)? {
        var credentials = request.headers[values: .apiKey]
        for value in request.headers[values: .authorization] {
            let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else {
                guard configuration.requiresCredentials else { continue }
                throw unproved(request, "Only bearer tokens are accepted in Authorization.")
            }
            credentials.append(parts[1].trimmingCharacters(in: .whitespaces))
        }
        let ours = Set(credentials.filter { isOurs($0) })
        // Clients bring a key for whatever they talk to; where none is needed, a foreign one is no offence.
        guard let credential = ours.first else {
            guard !credentials.isEmpty, configuration.requiresCredentials else { return nil }
            throw unproved(request, "This is neither an API key of this server nor a token that it accepts.")
        }
        guard ours.count == 1 else { throw unproved(request, "Two credentials were sent; send one.") }
        do {
            return (try await verify(credential), credential)
        } catch let error as IdentityError {
            if error.isOurs { throw .identityUnavailable(reason: error.description) }
            throw unproved(request, error.description)
        } catch {
            throw .identityUnavailable(reason: "the keys could not be read.")
        }
    }

    private func isOurs(_ credential: String) -> Bool {
        credential.hasPrefix(APIKeySecret.prefix)
            || identity.tokens != nil && TokenVerifier.looksLikeToken(credential)
    }

    private func verify(_ credential: String) async throws -> VerifiedCaller {
        if credential.hasPrefix(APIKeySecret.prefix) {
            guard let keys = identity.keys, let secret = APIKeySecret(credential) else {
                throw IdentityError.unknownKey
            }
            return try await keys.verify(secret)
        }
        guard let tokens = identity.tokens else { throw IdentityError.wrongIssuer }
        return try await tokens.verify(credential)
    }
}
