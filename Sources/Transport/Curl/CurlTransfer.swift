import Foundation
import Synchronization

/// One exchange on its way through the engine.
final class CurlTransfer: Sendable {
    private struct Progress {
        var parser: ResponseHeadParser
        var refusal: TransportError?
        var refusedAddress: IPAddress?
        var lastActivity: ContinuousClock.Instant
    }

    let request: HTTPRequest
    let url: RequestURL
    let inbox: ResponseInbox
    /// Of a body that is sent piece by piece.
    let feed: BodyFeed?
    private let addressGuard: AddressGuard?
    private let progress: Mutex<Progress>

    init(
        _ request: HTTPRequest, mode: ResponseInbox.Mode, followsRedirects: Bool,
        addressGuard: AddressGuard? = nil
    ) throws(TransportError) {
        self.request = request
        url = try RequestURL(request.url)
        inbox = ResponseInbox(mode: mode)
        feed = BodyFeed(request.body)
        self.addressGuard = addressGuard
        let parser = ResponseHeadParser(followsRedirects: followsRedirects)
        progress = Mutex(Progress(parser: parser, lastActivity: .now))
    }

    /// When the engine must give up; `nil` while the reader of a stream makes the sender wait.
    var deadline: ContinuousClock.Instant? {
        if inbox.isPaused { return nil }
        return progress.withLock { $0.lastActivity.advanced(by: request.timeout) }
    }

    var timeoutError: TransportError { .timedOut(host: url.authority, after: request.timeout) }

    /// Why we ourselves stopped the exchange, if we did.
    var refusal: TransportError? { progress.withLock { $0.refusal } }

    /// The address that the guard refused, when no other was tried after it.
    var refusedAddress: IPAddress? { progress.withLock { $0.refusedAddress } }

    var isGuarded: Bool { addressGuard != nil }

    /// Called by whoever is at work with the engine's loop, before each connection.
    ///
    /// - Parameter address: `nil` for what is no address of IP, which a guard never lets pass.
    func mayConnect(to address: IPAddress?) -> Bool {
        guard let addressGuard else { return true }
        let isAllowed = address.map(addressGuard.allows) ?? false
        progress.withLock { $0.refusedAddress = isAllowed ? nil : address }
        return isAllowed
    }

    /// Called by whoever is at work with the engine's loop, for each header line.
    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        touch()
        switch progress.withLock({ $0.parser.add(line) }) {
        case .more: return true
        case .finished(let head):
            // What will not be taken is not read first.
            if case .whole(let limitBytes) = inbox.mode, announcesMore(than: limitBytes, head) {
                refuse(limitBytes: limitBytes)
                return false
            }
            inbox.put(head)
            return true
        case .tooLarge:
            refuse(limitBytes: ResponseHeadParser.limitBytes)
            return false
        }
    }

    /// Whether a body follows that is longer than that. Of a compressed one its length says nothing.
    private func announcesMore(than limitBytes: Int, _ head: HTTPResponseHead) -> Bool {
        guard request.method != "HEAD", head.status != 304, head["content-encoding"] == nil,
            let length = head["content-length"].flatMap({ Int($0) })
        else { return false }
        return length > limitBytes
    }

    /// Called by whoever is at work with the engine's loop, for each piece of the body.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> BodyVerdict {
        touch()
        let verdict = inbox.put(bytes)
        if case .tooLarge = verdict, case .whole(let limitBytes) = inbox.mode {
            refuse(limitBytes: limitBytes)
        }
        return verdict
    }

    /// Called by whoever is at work with the engine's loop, when libcurl has room for bytes of the body.
    func sendBody(_ buffer: UnsafeMutableRawBufferPointer) -> BodyFeed.Portion {
        guard let feed else { return .end }
        let portion = feed.take(buffer)
        switch portion {
        case .bytes: touch()
        case .failed(let error): progress.withLock { $0.refusal = error }
        case .wait, .end: break
        }
        return portion
    }

    /// Reading goes on after a pause: the silence is measured anew.
    func resume() {
        inbox.unpause()
        touch()
    }

    /// Of a stream the silence counts; the timeout of a whole exchange runs from its start.
    private func touch() {
        if case .whole = inbox.mode, feed == nil { return }
        progress.withLock { $0.lastActivity = .now }
    }

    private func refuse(limitBytes: Int) {
        progress.withLock { progress in
            progress.refusal = .responseTooLarge(host: url.authority, limitBytes: limitBytes)
        }
    }
}

/// What became of body bytes that libcurl offered.
enum BodyVerdict: Sendable {
    case taken
    /// Not now: offer them again after the transfer was resumed.
    case pause
    /// Nobody wants them any more.
    case stop
    case tooLarge
}
