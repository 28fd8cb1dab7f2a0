import CCurl
import Foundation

/// All running requests together, with the connections that they share.
///
/// libcurl says which sockets and which time it waits for, and is told when they came: what a step costs does not grow
/// with the requests that merely wait.
final class CurlMulti: @unchecked Sendable {
    // Sendable proof: whoever holds a `CurlLoop` calls this, and one thread at a time does (see `CurlEngine`). `watch`
    // is touched within those calls alone.
    private let pointer: UnsafeMutableRawPointer
    private let watch: CurlWatch

    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(
        _ configuration: HTTPClientConfiguration, _ readiness: SocketReadiness
    ) throws(TransportError) {
        guard Self.isLibraryReady, let pointer = curl_multi_init() else {
            throw .invalidConfiguration(reason: "libcurl could not start (out of memory?)")
        }
        self.pointer = pointer
        watch = CurlWatch(readiness)
        let perHost = max(1, configuration.maxConnectionsPerHost)
        let total = max(perHost, configuration.maxConnections)
        millrace_curl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, perHost)
        millrace_curl_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, total)
        millrace_curl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, total)
        watch.begin(pointer)
    }

    deinit {
        // It tells `watch` of each connection that it closes, and `watch` lives until after this.
        curl_multi_cleanup(pointer)
    }

    func add(_ easy: CurlEasy) -> Bool {
        curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK
    }

    func remove(_ easy: CurlEasy) {
        curl_multi_remove_handle(pointer, easy.pointer)
    }

    /// When libcurl wants ``actOnTime()``, if it does.
    var due: ContinuousClock.Instant? { watch.due }
    /// Whether it wants it now.
    var isDueNow: Bool { watch.isDueNow }

    /// Does what can be done as `socket` is ready, and watches it further if that is wanted.
    func act(on socket: Int32, _ readiness: SocketReadiness.Interest) {
        var mask: Int32 = 0
        if readiness.contains(.reading) { mask |= CURL_CSELECT_IN }
        if readiness.contains(.writing) { mask |= CURL_CSELECT_OUT }
        if readiness.contains(.failure) { mask |= CURL_CSELECT_ERR }
        var runningCount: Int32 = 0
        curl_multi_socket_action(pointer, socket, mask, &runningCount)
        watch.continue(socket)
    }

    /// Does what its time has come for, the beginning of requests included.
    func actOnTime() {
        watch.forgetTime()
        var runningCount: Int32 = 0
        curl_multi_socket_action(pointer, CURL_SOCKET_TIMEOUT, 0, &runningCount)
        // libcurl does not tell anew of a time that is still the one it has told, should this have come too early.
        guard !watch.isDueNow, watch.due == nil else { return }
        var milliseconds = -1
        curl_multi_timeout(pointer, &milliseconds)
        watch.setTime(milliseconds)
    }

    /// The next exchange that is over.
    func nextEnded(
        _ find: (UnsafeMutableRawPointer) -> CurlEasy?
    ) -> (easy: CurlEasy, result: Result<Void, TransportError>)? {
        var leftCount: Int32 = 0
        while let message = curl_multi_info_read(pointer, &leftCount)?.pointee {
            guard message.msg == CURLMSG_DONE, let easy = find(message.easy_handle) else { continue }
            return (easy, easy.result(of: message.data.result))
        }
        return nil
    }
}

/// What libcurl waits for: sockets, which it has watched, and a time.
private final class CurlWatch {
    private let readiness: SocketReadiness
    private var interests: [Int32: SocketReadiness.Interest] = [:]
    private(set) var due: ContinuousClock.Instant?
    private(set) var isDueNow = false

    init(_ readiness: SocketReadiness) {
        self.readiness = readiness
    }

    /// - Parameter multi: must end before the watch does.
    func begin(_ multi: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        millrace_curl_multi_set_socket(
            multi,
            { _, socket, wanted, context, _ in
                guard let context else { return 0 }
                Unmanaged<CurlWatch>.fromOpaque(context).takeUnretainedValue().change(socket, wanted)
                return 0
            }, context)
        millrace_curl_multi_set_timer(
            multi,
            { _, milliseconds, context in
                guard let context else { return 0 }
                Unmanaged<CurlWatch>.fromOpaque(context).takeUnretainedValue().setTime(milliseconds)
                return 0
            }, context)
    }

    func forgetTime() {
        due = nil
        isDueNow = false
    }

    /// A socket that was told of is watched no more until it is asked for anew.
    func `continue`(_ socket: Int32) {
        guard let interest = interests[socket] else { return }
        readiness.watch(socket, for: interest)
    }

    private func change(_ socket: Int32, _ wanted: Int32) {
        let interest: SocketReadiness.Interest
        switch wanted {
        case CURL_POLL_IN: interest = .reading
        case CURL_POLL_OUT: interest = .writing
        case CURL_POLL_INOUT: interest = [.reading, .writing]
        default:
            // Before it is closed, or kept for the next request. What is still told of it is passed over.
            interests[socket] = nil
            return
        }
        interests[socket] = interest
        readiness.watch(socket, for: interest)
    }

    func setTime(_ milliseconds: Int) {
        forgetTime()
        if milliseconds == 0 {
            isDueNow = true
        } else if milliseconds > 0 {
            due = .now.advanced(by: .milliseconds(milliseconds))
        }
    }
}
