import Corpus
import HTTPTypes
import Workspace

/// `GET /v1/me`: who the caller is here, and what they may do.
enum MeOperation {
    struct Document: ResponseDocument {
        var owner: String
        /// Whose documents these are; `default` unless a key or token names another.
        var tenant: String
        var principals: [String]
        var scopes: [String]
        /// Whether nothing proves who it is.
        var anonymous: Bool
        /// Whether the server believes `X-Millrace-Principals` of this machine's own requests.
        var viewAs: Bool
        /// Where a browser signs in; null where it cannot.
        @Nullable var signIn: String?

        static var schema: JSONSchema {
            .object(required: [
                "owner": .text, "tenant": .text, "principals": .list(of: .text),
                "scopes": .list(of: .choice(Scope.allCases.map(\.rawValue))), "anonymous": .flag,
                "view_as": .flag, "sign_in": JSONSchema.text.orNull,
            ]).named("Me")
        }
    }

    static func operation(isPrincipalsHeaderTrusted: Bool, signIn: String?) -> Operation {
        .anyCaller(
            "me", .get, "/v1/me", summary: "who the caller is, and what they may do", section: "keys",
            inputs: .none, responses: [.json(Document.self, "the caller")]
        ) { _, caller in
            try .json(
                Document(
                    owner: caller.owner.name, tenant: caller.owner.tenant,
                    principals: caller.reader.principals.sorted().map(\.description),
                    scopes: Scope.allCases.filter(caller.has).map(\.rawValue),
                    anonymous: caller.isAnonymous, viewAs: isPrincipalsHeaderTrusted,
                    signIn: Nullable(wrappedValue: signIn)))
        }
    }
}
