import HTTPTypes

/// `/v1/uploads/{id}`: bodies that come in several requests, once begun.
struct UploadOperations: Sendable {
    /// Takes the bodies of operations that were made before.
    let uploads: ResumableUploads

    var operations: [Operation] { [show, append, cancel] }

    private static let id = Inputs.path("id", .text, "the upload's id, from Location")
    private static let path = ResumableUploads.path + "/{id}"
    private static let section = "resumable-uploads"

    private var show: Operation {
        .anyCaller(
            "getUpload", .get, Self.path, summary: "how far an upload is, in its header and as JSON",
            section: Self.section, inputs: Self.id.and(.request(UploadFields.parameters.suffix(1))),
            responses: [.json(UploadDocument.self, "as it stands")], problems: [.noSuchThing]
        ) { input, caller in try await uploads.show(input.0, input.1, caller) }
    }

    private var append: Operation {
        .anyCaller(
            "appendUpload", .patch, Self.path, summary: "a body, from where the last one ended",
            section: Self.section,
            inputs: Self.id.and(.piece(limitBytes: uploads.largestBodyBytes)),
            responses: [
                ResponseDeclaration(status: 204, summary: "it has come, and more may", content: .none),
                .whole(200), .whole(201), .whole(202),
            ],
            problems: [
                .noSuchThing, .insufficientScope, .mismatchingUploadOffset, .inconsistentUploadLength,
                .completedUpload, .uploadInUse, .tooMany, .unknownFlow, .invalidField,
            ],
            // Its offset says which bytes they are: those that have come are not taken twice.
            idempotency: .notKept
        ) { input, caller in try await uploads.append(input.0, input.1, caller) }
    }

    private var cancel: Operation {
        .anyCaller(
            "cancelUpload", .delete, Self.path, summary: "an upload, given up", section: Self.section,
            inputs: Self.id,
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: [.noSuchThing, .uploadInUse]
        ) { id, caller in try await uploads.cancel(id, caller) }
    }
}

extension ResponseDeclaration {
    fileprivate static func whole(_ status: Int) -> ResponseDeclaration {
        ResponseDeclaration(
            status: status, summary: "all has come; the response of the operation that it is for",
            content: .json(.anyObject))
    }
}

extension Inputs<RoutedRequest> {
    /// The request itself.
    fileprivate static func request(_ parameters: ArraySlice<ParameterDeclaration>) -> Inputs {
        Inputs(parameters: Array(parameters), body: nil) { $0 }
    }

    /// The request with a body that goes on with another.
    fileprivate static func piece(limitBytes: Int) -> Inputs {
        Inputs(
            parameters: [
                UploadFields.parameter(
                    .uploadOffset, UploadFields.count, "the byte that the body begins at", isRequired: true)
            ]
                + UploadFields.parameters.map { declared in
                    var declared = declared
                    declared.isRequired = declared.name == HTTPField.Name.uploadComplete.rawName
                    declared.isChecked = declared.isRequired
                    return declared
                },
            body: BodyDeclaration(
                contentTypes: [UploadFields.contentType], schema: .bytes, summary: "the next bytes",
                streamLimitBytes: limitBytes, isRequired: false)
        ) { $0 }
    }
}
