extension ProblemExplanation {
    /// Of problems with who asks; `nil` for others.
    static func ofCaller(_ kind: ProblemKind) -> ProblemExplanation? {
        switch kind {
        case .unauthenticated:
            .init(
                "Not signed in",
                "Nothing proves who asks, or what was sent does not hold: unknown, expired or revoked.",
                """
                Send an API key in X-API-Key, or a key or token as Authorization: Bearer. `millrace keys create` \
                makes a key; `sign_in` tells a browser where to sign in.
                """)
        case .insufficientScope:
            .init(
                "A scope is missing", "The server knows who asks, and they may not do this.",
                "Use a key that has the scope which `detail` names, or ask an administrator for one.")
        case .noSuchTenant:
            .init(
                "No such tenant",
                "The server knows who asks, and they belong to a tenant whose documents are not served here.",
                "Use a key of a tenant that is. An administrator names tenants in the setting tenants."
            )
        case .rateLimited:
            .init(
                "Too many requests",
                """
                The caller has made as many requests as they may within a minute, or as many of their asynchronous runs \
                wait as may.
                """,
                "Wait for the seconds of the Retry-After header. The RateLimit header tells how many are left."
            )
        case .identityUnavailable:
            .init(
                "Nobody can be checked now",
                "The service that signs tokens, or the store of keys, does not answer.",
                "Try again after the seconds of the Retry-After header. An administrator finds the cause in the log."
            )
        case .malformedPrincipal:
            .init(
                "A malformed principal", "Something in X-Millrace-Principals is no principal.",
                "Write user:ID, group:NAME, anyone or signed-in, separated by commas.")
        case .principalsNotAllowed:
            .init(
                "Principals are not accepted",
                "X-Millrace-Principals is believed for development only, and not here.",
                "Use an API key or a token instead.")
        case .originNotAllowed:
            .init(
                "Another origin",
                "A page of another site asks for something that only this server's own pages may.",
                "Have the page's origin added to the setting server.cors_origins, if it is to be trusted.")
        case .thisMachineOnly:
            .init(
                "For this machine only", "This is told to requests of the server's own machine alone.",
                "Ask from there, or open it to others in the settings.")
        case .webhookRefused:
            .init(
                "The webhook is not accepted", "The delivery's signature or time does not hold.",
                "Give this server and the sender the same secret, and both the right time.")
        case .accessWithdrawn:
            .init(
                "It may not be read any more",
                "Something that was shown may not be read by this caller any more.",
                "Ask again for what may still be read.")
        default: nil
        }
    }
}
