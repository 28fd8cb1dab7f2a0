import Concurrency
import Foundation
import HTTPTypes
import JSONValue

extension SocketConversation {
    /// Asks for what is begun, and tells its events to the last one.
    func tell(_ request: SocketMessage.Request, to stream: SocketStream) async {
        let (isDone, isCancelled) = await stream.perform { await self.carryOut(request, for: stream) }
        forget(stream)
        guard isDone || isCancelled else { return }
        await send(.done(id: stream.id, isCancelled: isCancelled))
    }

    /// - Returns: whether it came to its end; `false` when the client was told of a problem instead.
    private func carryOut(_ request: SocketMessage.Request, for stream: SocketStream) async -> Bool {
        // Whoever has cancelled it already has nothing begun.
        if stream.isCancelled { return true }
        let number = nextRequest()
        switch request {
        case .run(let fields, let key):
            var headers = HTTPFields()
            if let key { headers[.idempotencyKey] = key }
            let response = await caller.respond(
                .post, "/v1/runs", body: Self.body(fields), headers: headers, number: number)
            guard response.status == .accepted, let run = Self.run(in: response) else {
                return await tellEvents(of: response, for: stream)
            }
            if stream.belongs(to: run) { await cancel(run: run) }
            return await tellEvents(ofRun: run, from: 0, for: stream)
        case .ask(let fields):
            let response = await caller.respond(
                .post, "/v1/ask", body: Self.body(fields), number: number)
            return await tellEvents(of: response, for: stream)
        case .subscribe(let run, let from):
            return await tellEvents(ofRun: run, from: from, for: stream)
        }
    }

    private func tellEvents(ofRun run: String, from position: Int, for stream: SocketStream) async -> Bool {
        let response = await caller.respond(
            .get, "/v1/runs/\(Self.segment(run))/events", query: "from=\(position)", number: nextRequest())
        return await tellEvents(of: response, for: stream, run: run)
    }

    private func tellEvents(
        of response: APIResponse, for stream: SocketStream, run: String? = nil
    ) async -> Bool {
        guard case .events(let events) = response.body else {
            await refuse(stream, response.data ?? Data("{}".utf8))
            return false
        }
        await send(
            .accepted(id: stream.id, requestID: response.headers[.requestID] ?? "", run: run))
        var delivery = events.events(heartbeat: Self.heartbeat).makeAsyncIterator()
        var count = 0
        while true {
            do {
                try await stream.window.room(within: limits.acknowledgement)
            } catch is DeadlineExceeded {
                end(.unacknowledged)
                return false
            } catch {
                return false
            }
            guard let event = await delivery.next() else { return !Task.isCancelled }
            let number: Int
            switch event {
            case .heartbeat, .raw: continue
            case .event("done", _): continue
            case .event("error", let document):
                await refuse(stream, document)
                return false
            case .event(let name, let data):
                number = count
                await send(.event(id: stream.id, number: number, name: name, data: data))
            case .numbered(let position, let name, let data):
                number = position
                await send(.event(id: stream.id, number: number, name: name, data: data))
            }
            stream.window.sent(number)
            count += 1
        }
    }

    /// Ends a stream with a problem. Whoever is told may begin something under its id at once.
    private func refuse(_ stream: SocketStream, _ document: Data) async {
        forget(stream)
        await send(.problem(id: stream.id, document: document))
    }

    /// Ends what was begun under an id: a stored run by its own operation, whose events then come to their end.
    func cancel(_ id: String) async {
        guard let stream = stream(id) else { return }
        if let run = stream.cancel() { await cancel(run: run) }
    }

    private func cancel(run: String) async {
        let response = await caller.respond(
            .post, "/v1/runs/\(Self.segment(run))/cancel", number: nextRequest())
        guard response.status.code >= 400 else { return }
        await send(.problem(id: nil, document: response.data ?? Data("{}".utf8)))
    }

    /// Nobody is sent signs of life of single streams: pings show that the client is there.
    private static let heartbeat = Duration.seconds(15)

    private static func body(_ fields: [String: JSONValue]) -> Data {
        // What was parsed from JSON always has JSON.
        (try? Data(JSONValue.object(fields).text().utf8)) ?? Data("{}".utf8)
    }

    private static func run(in response: APIResponse) -> String? {
        response.data.flatMap { try? JSONValue(parsing: $0) }?["id"]?.string
    }

    /// A segment of a path.
    private static func segment(_ text: String) -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.intersection(.init(charactersIn: ascii)))
            ?? ""
    }

    private static let ascii = String(decoding: UInt8(33)...126, as: UTF8.self)
}
