import Foundation
import HTTPTypes

extension ResumableUploads {
    /// Bytes of a response that are kept for a client that did not receive it.
    private static let outcomeBytes = 65_536

    /// Has the operation read an upload whose bytes have all come.
    ///
    /// What may go well another time leaves the upload as it is: an empty `PATCH` that completes it tries again.
    func complete(
        _ upload: UploadRecord, _ routed: RoutedRequest, _ fields: UploadFields, _ caller: Caller,
        _ target: UploadTarget
    ) async throws -> APIResponse {
        try beginCompletion(of: upload.id)
        var request = upload.request(endedBy: routed)
        request.pieces = folder.pieces(of: upload)
        let response: APIResponse
        do {
            response = try await target.complete(request, caller)
        } catch {
            let problem = ProblemDetails(error)
            guard !problem.retryable, problem.status < 500 else { throw error }
            let told = problem.response(requestID: routed.request.id)
            try await end(upload, with: told, routed, fields)
            throw error
        }
        try await end(upload, with: response, routed, fields)
        return response
    }

    /// Keeps what became of an upload instead of its bytes, and has the response say that it is complete.
    private func end(
        _ upload: UploadRecord, with response: APIResponse, _ routed: RoutedRequest, _ fields: UploadFields
    ) async throws {
        var upload = upload
        let body = response.data.flatMap { $0.isEmpty || $0.count > Self.outcomeBytes ? nil : $0 }
        upload.outcome = UploadRecord.Outcome(
            status: response.status.code, location: response.headers[.location], body: body)
        upload.expiresAt = deadline()
        routed.admission.set(.uploadComplete, "?1")
        if fields.version == 3 { routed.admission.set(.uploadIncomplete, "?0") }
        do {
            try await folder.save(upload)
        } catch {
            // It was carried out, and must not be again: without a record nobody can ask for that.
            await folder.remove(upload.id)
        }
        await folder.removeContent(upload.id)
        await forgetEnded(of: upload.owner)
    }

    /// What is known of an upload; on `HEAD`, with what was still coming ended before.
    func show(_ id: String, _ routed: RoutedRequest, _ caller: Caller) async throws -> APIResponse {
        var upload = try await find(id, caller)
        if routed.request.method == .head {
            await endTurn(of: id)
            upload = try await find(id, caller)
        }
        let fields = UploadFields(routed.request.headers)
        var response = try APIResponse.json(UploadDocument(upload))
        response.headers.set(upload, for: fields)
        response.headers[.uploadLimit] = upload.limit(at: now())
        response.headers[.cacheControl] = "no-store"
        return response
    }

    /// Drops an upload, and ends what appends to it.
    func cancel(_ id: String, _ caller: Caller) async throws -> APIResponse {
        _ = try await find(id, caller)
        await endTurn(of: id)
        await folder.remove(id)
        return APIResponse(status: .noContent)
    }
}
