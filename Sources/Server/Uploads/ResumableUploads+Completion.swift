import Foundation
import HTTPTypes

extension ResumableUploads {
    /// Bytes of a response that are kept for a client that did not receive it.
    private static let outcomeBytes = 65_536

    /// Has the operation read an upload whose bytes have all come.
    ///
    /// What may go well another time leaves the upload as it is: an empty `PATCH` that completes it tries again.
    func complete(
        _ upload: UploadRecord, _ hold: any UploadHold, _ routed: RoutedRequest, _ fields: UploadFields,
        _ caller: Caller, _ target: UploadTarget
    ) async throws -> APIResponse {
        try beginCompletion(of: upload.id)
        try await hold.beginCompletion()
        var request = upload.request(endedBy: routed)
        request.pieces = place.pieces(of: upload)
        var response: APIResponse
        do {
            response = try await target.complete(request, caller)
        } catch {
            let problem = ProblemDetails(error)
            guard !problem.retryable, problem.status < 500 else { throw error }
            let told = problem.response(requestID: routed.request.id)
            await end(upload, hold, with: told, routed, fields)
            throw error
        }
        await end(upload, hold, with: response, routed, fields)
        // Of the response itself, so that one that is given again says it too.
        response.headers[.uploadComplete] = "?1"
        if fields.version == 3 { response.headers[.uploadIncomplete] = "?0" }
        return response
    }

    /// Keeps what became of an upload instead of its bytes, and has the response say that it is complete.
    private func end(
        _ upload: UploadRecord, _ hold: any UploadHold, with response: APIResponse, _ routed: RoutedRequest,
        _ fields: UploadFields
    ) async {
        var upload = upload
        let body = response.data.flatMap { $0.isEmpty || $0.count > Self.outcomeBytes ? nil : $0 }
        upload.outcome = UploadRecord.Outcome(
            status: response.status.code, location: response.headers[.location], body: body)
        upload.expiresAt = deadline()
        routed.admission.set(.uploadComplete, "?1")
        if fields.version == 3 { routed.admission.set(.uploadIncomplete, "?0") }
        await hold.end(upload)
        await place.forgetEnded(of: upload.owner, besides: limits.ended)
    }

    /// What is known of an upload; on `HEAD`, with what was still coming ended before.
    func show(_ id: String, _ routed: RoutedRequest, _ caller: Caller) async throws -> APIResponse {
        var upload = try await find(id, caller)
        if routed.request.method == .head {
            await endTurn(of: id)
            _ = try await place.interrupt(upload)
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
        let upload = try await find(id, caller)
        await endTurn(of: id)
        guard try await place.interrupt(upload) else { throw UploadFault.inUse }
        await place.remove(upload)
        return APIResponse(status: .noContent)
    }
}
