import Concurrency
import Foundation
import HTTPTypes
import Workspace

extension ResumableUploads {
    /// Answers the request that an upload begins with.
    ///
    /// - Throws: ``RequestFault``, ``UploadFault``, ``WorkspaceError``; what has come by then stays, and is resumed at
    ///   the address that the response's `Location` names.
    func begin(
        _ routed: RoutedRequest, _ fields: UploadFields, _ caller: Caller, _ target: UploadTarget
    ) async throws -> APIResponse {
        try Self.refuseCoding(of: routed)
        let length = try fields.wholeLength(from: 0, contentLength: routed.contentLength, known: nil)
        if let length, length > target.limitBytes {
            routed.admission.set(.uploadLimit, "max-size=\(target.limitBytes)")
            throw RequestFault.bodyTooLarge(limitBytes: target.limitBytes)
        }
        let upload = try await create(routed, length: length, caller, target)
        do {
            return try await turn(upload.id) { [self] in
                if fields.takesInterim {
                    await routed.interim(
                        .uploadResumptionSupported,
                        [
                            .location: upload.location, .uploadLimit: upload.limit(at: now()),
                            .uploadInteropVersion: String(fields.version ?? 0),
                        ])
                }
                return try await receive(routed, upload, fields, caller, target, isFirst: true)
            }
        } catch {
            // A client that was told nothing in between hears now where it may go on.
            if let kept = try? await place.load(upload.id, of: upload.owner), !kept.isComplete {
                routed.admission.set(.location, upload.location)
            }
            throw error
        }
    }

    /// Answers a request that goes on with an upload.
    func append(_ id: String, _ routed: RoutedRequest, _ caller: Caller) async throws -> APIResponse {
        let fields = UploadFields(routed.request.headers)
        let target = try target(of: await find(id, caller))
        try caller.require(target.scope)
        try Self.refuseCoding(of: routed)
        try Self.checkType(of: routed, fields)
        guard let isComplete = fields.isComplete else {
            throw RequestFault.invalidParameter(
                name: HTTPField.Name.uploadComplete.rawName, expectation: "?0 when more comes later, else ?1")
        }
        guard let offset = fields.offset else {
            throw RequestFault.invalidParameter(
                name: HTTPField.Name.uploadOffset.rawName, expectation: "the byte that the body begins at")
        }
        return try await turn(id) { [self] in
            // As it is now that nobody else appends.
            var upload = try await find(id, caller)
            guard !upload.isComplete else {
                guard routed.contentLength == 0 else {
                    throw UploadFault.inconsistentLength(reason: "all of it has come before")
                }
                throw UploadFault.completed
            }
            guard offset == upload.offset else {
                var told = HTTPFields()
                told.set(upload, for: fields)
                for field in told { routed.admission.set(field.name, field.value) }
                throw UploadFault.mismatchingOffset(given: offset, current: upload.offset)
            }
            upload.length = try fields.wholeLength(
                from: offset, contentLength: routed.contentLength, known: upload.length)
            if let length = upload.length, length < offset + (isComplete ? 0 : routed.contentLength ?? 0) {
                throw UploadFault.inconsistentLength(
                    reason: "more comes than the \(length) bytes of the whole")
            }
            return try await receive(routed, upload, fields, caller, target, isFirst: false)
        }
    }

    private static func checkType(of routed: RoutedRequest, _ fields: UploadFields) throws(RequestFault) {
        let stated = routed.request.headers[.contentType]
        let essence = (stated ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        guard essence == UploadFields.contentType || !fields.needsType else {
            throw .unsupportedType(
                contentType: stated.map { String($0.prefix(100)) }, accepted: [UploadFields.contentType])
        }
    }

    /// An offset counts bytes as they were sent, of which a packed body has others.
    private static func refuseCoding(of routed: RoutedRequest) throws(RequestFault) {
        if routed.isPacked { throw .unsupportedContentCoding(ContentCoding.name) }
    }

    // MARK: Bytes

    /// Appends the body to an upload, and answers it.
    private func receive(
        _ routed: RoutedRequest, _ start: UploadRecord, _ fields: UploadFields, _ caller: Caller,
        _ target: UploadTarget, isFirst: Bool
    ) async throws -> APIResponse {
        let hold = try await place.open(start)
        do {
            return try await receive(routed, start, hold, fields, caller, target, isFirst: isFirst)
        } catch {
            await hold.release()
            throw error
        }
    }

    private func receive(
        _ routed: RoutedRequest, _ start: UploadRecord, _ hold: any UploadHold, _ fields: UploadFields,
        _ caller: Caller, _ target: UploadTarget, isFirst: Bool
    ) async throws -> APIResponse {
        var upload = start
        let room = try await room(for: upload)
        var settled = upload.offset
        do {
            for try await piece in routed.pieces {
                try await refuse(piece.count, onTopOf: upload, room: room, routed)
                try await hold.append(piece)
                upload.offset += piece.count
                let isDue = await hold.isDue
                guard isDue || upload.offset - settled >= Self.settledBytes else { continue }
                try await settle(hold, &upload)
                settled = upload.offset
                if fields.takesProgress {
                    await routed.interim(
                        .uploadResumptionSupported,
                        [
                            .uploadOffset: String(upload.offset),
                            .uploadInteropVersion: String(fields.version ?? 0),
                        ])
                }
            }
        } catch {
            // What came before the connection was lost need not be sent again.
            try? await settle(hold, &upload, isLast: true)
            throw error
        }
        try await settle(hold, &upload, isLast: fields.isComplete != true)
        guard fields.isComplete == true else { return try answer(upload, fields, isFirst: isFirst) }
        guard upload.length == nil || upload.length == upload.offset else {
            throw UploadFault.inconsistentLength(
                reason: "\(upload.offset) bytes have come of \(upload.length ?? 0), and no more are to come")
        }
        upload.length = upload.offset
        return try await complete(upload, hold, routed, fields, caller, target)
    }

    private func settle(
        _ hold: any UploadHold, _ upload: inout UploadRecord, isLast: Bool = false
    ) async throws {
        upload.expiresAt = deadline()
        try await hold.settle(&upload, isLast: isLast)
    }

    /// Refuses a piece that is more than may come. An upload that says so of itself is of no further use.
    private func refuse(
        _ count: Int, onTopOf upload: UploadRecord, room: Int, _ routed: RoutedRequest
    ) async throws {
        if let length = upload.length, count > length - upload.offset {
            await place.remove(upload)
            throw UploadFault.inconsistentLength(
                reason: "more has come than the \(length) bytes of the whole")
        }
        guard count <= upload.limitBytes - upload.offset else {
            await place.remove(upload)
            routed.admission.set(.uploadLimit, "max-size=\(upload.limitBytes)")
            throw RequestFault.bodyTooLarge(limitBytes: upload.limitBytes)
        }
        guard count <= room - upload.offset else {
            throw UploadFault.noRoom(limitBytes: limits.bytesPerOwner)
        }
    }

    /// A part has come.
    private func answer(
        _ upload: UploadRecord, _ fields: UploadFields, isFirst: Bool
    ) throws -> APIResponse {
        var response =
            isFirst
            ? try APIResponse.json(UploadDocument(upload), status: .created)
            : APIResponse(status: .noContent)
        response.headers[.uploadLimit] = upload.limit(at: now())
        response.headers.set(upload, for: fields)
        if isFirst { response.headers[.location] = upload.location }
        return response
    }
}

extension RoutedRequest {
    /// Bytes of the body as it is sent, if the client says so.
    fileprivate var contentLength: Int? {
        request.headers[.contentLength].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}
