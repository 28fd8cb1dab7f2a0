extension ProblemExplanation {
    /// Of problems with what was asked for.
    static func ofThing(_ kind: ProblemKind) -> ProblemExplanation {
        switch kind {
        case .notFound:
            .init(
                "Not found", "There is nothing at this address.",
                "Look for a slip of the pen. Addresses have no slash at their end but where the reference shows one."
            )
        case .noSuchPassage: absent("passage", "It may have gone with the last sync.")
        case .unknownFlow: absent("flow", "GET /v1/flows lists those that there are.")
        case .noSuchRun: absent("run", "GET /v1/runs lists those that are kept.")
        case .noSuchConversation: absent("conversation", "GET /v1/conversations lists the caller's own.")
        case .noSuchCollection: absent("collection", "GET /v1/collections lists those that there are.")
        case .noSuchThing: absent("thing", "It may have been deleted, or belong to somebody else.")
        case .noSuchVersion: absent("version", "GET /v1/flows/{flow}/versions lists those of a flow.")
        case .invalidFlow:
            .init(
                "The flow cannot run", "Something in the flow is not as it must be; `faults` lists what.",
                "Mend the flow at the places named.")
        case .versionConflict, .preconditionFailed:
            .init(
                "It was changed meanwhile", "Somebody has saved another version since the one that was read.",
                "Read it anew, make the change again, and send it with the new version.")
        case .preconditionRequired:
            .init(
                "Which version is meant is not said",
                "A change must say what it changes, so that none is overwritten unseen.",
                "Send the ETag of what was read as If-Match, or * for whatever is there.")
        case .nameTaken:
            .init("The name is taken", "There is one of this name already.", "Choose another name.")
        case .keyReused:
            .init(
                "The key stands for another request",
                "The Idempotency-Key was used with another body or address.",
                "Make a new key for each new request, and keep it for repetitions of the same.")
        case .requestUnderWay:
            .init(
                "It is being carried out",
                "A request with the same Idempotency-Key came before, and has not ended yet.",
                "Ask again after the seconds of Retry-After; the answer is then that of the first one.")
        case .replyNotKept:
            .init(
                "It was carried out before",
                """
                The request came before under the same Idempotency-Key; its response held a secret that is shown once, \
                or was too large to keep.
                """,
                "Look at what the first one made. A secret that did not arrive can be made anew.")
        case .tooMany:
            .init(
                "There are too many", "There are as many of these as one may have.",
                "Delete some first, or wait until some are done.")
        case .wrongState:
            .init(
                "In no state for that", "What is asked for is not possible as things stand.",
                "`detail` says how they stand.")
        case .mismatchingUploadOffset:
            .init(
                "It goes on elsewhere", "The body begins at another byte than the upload's bytes end.",
                "Go on at the byte that the response's Upload-Offset names.")
        case .inconsistentUploadLength:
            .init(
                "Its length is not clear",
                "The lengths that the requests of an upload give differ, or more or less has come than they say.",
                "Say the same length with each request. An upload of which more came than that is gone.")
        case .completedUpload:
            .init(
                "It is complete", "All bytes of the upload have come, and it was answered.",
                "Ask with GET what became of it.")
        case .uploadInUse:
            .init(
                "It is being sent", "Another request sends bytes of the same upload, or took it over.",
                "Ask with HEAD how far it is, which ends a request that hangs, and go on from there.")
        case .otherSettings:
            .init(
                "It has other settings", "There is one of this name, with settings that differ.",
                "Use its settings, or another name.")
        default: .init(kind.rawValue, "It has no explanation yet.", "`detail` says what is wrong.")
        }
    }

    /// What is not there and what may not be seen are told alike.
    private static func absent(_ name: String, _ hint: String) -> ProblemExplanation {
        .init(
            "No such \(name)", "There is no such \(name), or none that the caller may see.",
            "Look for a slip of the pen. \(hint)")
    }
}
