import CCurl
import Foundation

/// One request's handle; its `deinit` frees all that libcurl holds for it. Lives on the engine's thread.
final class CurlEasy {
    let pointer: UnsafeMutableRawPointer
    let transfer: CurlTransfer
    private let configuration: HTTPClientConfiguration
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?

    init(_ transfer: CurlTransfer, _ configuration: HTTPClientConfiguration) throws(TransportError) {
        guard let pointer = curl_easy_init() else {
            throw .invalidConfiguration(reason: "libcurl could not make a request handle (out of memory?)")
        }
        self.pointer = pointer
        self.transfer = transfer
        self.configuration = configuration
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setCallbacks()
        try setConnection()
        try setTLS()
        try setRequest()
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Makes libcurl offer the bytes again that were refused with ``BodyVerdict/pause``.
    func unpause() {
        curl_easy_pause(pointer, 0)
    }

    private func setCallbacks() throws(TransportError) {
        // The transfer outlives the handle, which holds it; libcurl calls back only while the handle lives.
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        try set(CURLOPT_WRITEDATA, pointer: context)
        try set(CURLOPT_HEADERDATA, pointer: context)
        try set(CURLOPT_ERRORBUFFER, pointer: errorText)
        let onBody = millrace_curl_set_write(pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            let verdict = transfer.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
            switch verdict {
            case .taken: return size * count
            case .pause: return Int(CURL_WRITEFUNC_PAUSE)
            case .stop, .tooLarge: return size * count == 0 ? 1 : 0
            }
        }
        let onHeader = millrace_curl_set_write(pointer, CURLOPT_HEADERFUNCTION) {
            bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return transfer.receiveHeader(line) ? size * count : 0
        }
        try check(onBody, CURLOPT_WRITEFUNCTION)
        try check(onHeader, CURLOPT_HEADERFUNCTION)
        if transfer.isGuarded {
            try check(SocketOpening.judge(pointer, by: transfer), CURLOPT_OPENSOCKETFUNCTION)
        }
    }

    private func setConnection() throws(TransportError) {
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, configuration.connectTimeout.wholeMilliseconds))
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_FOLLOWLOCATION, configuration.maxRedirects > 0 ? 1 : 0)
        try set(CURLOPT_MAXREDIRS, configuration.maxRedirects)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        switch configuration.proxy {
        case .environment: break
        case .none: try set(CURLOPT_PROXY, "")
        case .url(let url): try set(CURLOPT_PROXY, url)
        }
    }

    private func setTLS() throws(TransportError) {
        let tls = configuration.tls
        let files = [
            (CURLOPT_CAINFO, tls.authoritiesFile), (CURLOPT_SSLCERT, tls.certificateFile),
            (CURLOPT_SSLKEY, tls.keyFile),
        ]
        for case (let option, let file?) in files {
            guard FileManager.default.isReadableFile(atPath: file) else {
                throw .invalidConfiguration(reason: "the TLS file \(file) is absent or unreadable")
            }
            try set(option, file)
        }
        if let password = tls.keyPassword { try set(CURLOPT_KEYPASSWD, password) }
    }

    private func setRequest() throws(TransportError) {
        let request = transfer.request
        try set(CURLOPT_URL, request.url)
        try set(CURLOPT_PATH_AS_IS, 1)
        // Who names it wants the bytes as they come.
        if !request.headers.contains(where: { $0.name.isHeader("accept-encoding") }) {
            try set(CURLOPT_ACCEPT_ENCODING, "gzip")
        }
        try set(CURLOPT_USERAGENT, configuration.userAgent)
        switch request.method {
        case "GET" where request.body.length == 0: try set(CURLOPT_HTTPGET, 1)
        case "HEAD": try set(CURLOPT_NOBODY, 1)
        default:
            if let feed = transfer.feed {
                try setUpload(feed)
            } else if request.body.length > 0 || ["POST", "PUT", "PATCH"].contains(request.method) {
                try set(CURLOPT_POST, 1)
                try setBody(request.body.data ?? Data())
            }
            try set(CURLOPT_CUSTOMREQUEST, request.method)
        }
        // libcurl adds these two to a body of its own accord; a signed request must not change on its way.
        try appendHeader("Expect:")
        if !request.headers.contains(where: { $0.name.isHeader("content-type") }) {
            try appendHeader("Content-Type:")
        }
        for (name, value) in request.headers {
            try appendHeader(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        try check(millrace_curl_set_list(pointer, CURLOPT_HTTPHEADER, headerList), CURLOPT_HTTPHEADER)
    }

    private func setBody(_ body: Data) throws(TransportError) {
        try set(CURLOPT_POSTFIELDSIZE, body.count)
        let code =
            body.isEmpty
            ? millrace_curl_set_string(pointer, CURLOPT_COPYPOSTFIELDS, "")
            : body.withUnsafeBytes { bytes in
                millrace_curl_set_pointer(
                    pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            }
        try check(code, CURLOPT_COPYPOSTFIELDS)
    }

    /// A body that libcurl asks for piece by piece, and once more if a reused connection turns out to be dead.
    private func setUpload(_ feed: BodyFeed) throws(TransportError) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        try set(CURLOPT_UPLOAD, 1)
        try check(
            millrace_curl_set_size(pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(feed.length)),
            CURLOPT_INFILESIZE_LARGE)
        try set(CURLOPT_READDATA, pointer: context)
        try set(CURLOPT_SEEKDATA, pointer: context)
        let onRead = millrace_curl_set_write(pointer, CURLOPT_READFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return Int(CURL_READFUNC_ABORT) }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            switch transfer.sendBody(UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) {
            case .bytes(let taken): return taken
            case .wait: return Int(CURL_READFUNC_PAUSE)
            case .end: return 0
            case .failed: return Int(CURL_READFUNC_ABORT)
            }
        }
        let onSeek = millrace_curl_set_seek(pointer, CURLOPT_SEEKFUNCTION) { context, offset, origin in
            guard let context, offset == 0, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.feed?.rewind() == true ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
        try check(onRead, CURLOPT_READFUNCTION)
        try check(onSeek, CURLOPT_SEEKFUNCTION)
    }

    private func appendHeader(_ line: String) throws(TransportError) {
        guard let longer = curl_slist_append(headerList, line) else {
            throw .invalidConfiguration(reason: "libcurl could not store a header (out of memory?)")
        }
        headerList = longer
    }

    private func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(millrace_curl_set_long(pointer, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: String) throws(TransportError) {
        try check(millrace_curl_set_string(pointer, option, value), option)
    }

    private func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer) throws(TransportError) {
        try check(millrace_curl_set_pointer(pointer, option, value), option)
    }

    private func check(_ code: CURLcode, _ option: CURLoption) throws(TransportError) {
        guard code != CURLE_OK else { return }
        let words = String(cString: curl_easy_strerror(code))
        throw .invalidConfiguration(reason: "libcurl refused option \(option.rawValue): \(words)")
    }
}

extension CurlEasy {
    /// The end of the exchange in our words.
    fileprivate func result(of code: CURLcode) -> Result<Void, TransportError> {
        if let refusal = transfer.refusal { return .failure(refusal) }
        if code == CURLE_OK { return .success(()) }
        let host = transfer.url.authority
        var connectStatus = 0
        millrace_curl_get_long(pointer, CURLINFO_HTTP_CONNECTCODE, &connectStatus)
        if connectStatus >= 300 {
            return .failure(configuration.proxyRefusal(host: host, status: connectStatus))
        }
        let text = String(cString: errorText).trimmingASCIISpace()
        let reason = text.isEmpty ? String(cString: curl_easy_strerror(code)) : Self.withoutSecrets(text)
        return .failure(error(code, host: host, reason: reason))
    }

    /// What libcurl says of a proxy's address that it does not understand has the whole address in it, with its
    /// password.
    private static func withoutSecrets(_ text: String) -> String {
        text.hasPrefix("Unsupported proxy")
            ? "the proxy's address is not understood; http://HOST:PORT is expected" : text
    }

    private func error(_ code: CURLcode, host: String, reason: String) -> TransportError {
        switch code {
        // libcurl calls an answer that is no HTTP by the same name as a URL of another scheme.
        case CURLE_UNSUPPORTED_PROTOCOL where reason.contains("HTTP/0.9"):
            .protocolError(host: host, reason: reason)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            .invalidURL(url: RequestURL.redacted(transfer.request.url), reason: reason)
        case CURLE_COULDNT_RESOLVE_HOST: .couldNotResolve(host: transfer.url.host)
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: configuration.proxyFailure(host: host, reason: reason)
        case CURLE_COULDNT_CONNECT: couldNotConnect(host: host, reason: reason)
        case CURLE_OPERATION_TIMEDOUT: .timedOut(host: host, after: configuration.connectTimeout)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
            .tls(host: host, reason: reason)
        case CURLE_TOO_MANY_REDIRECTS: .tooManyRedirects(host: host, limit: configuration.maxRedirects)
        default: .protocolError(host: host, reason: reason)
        }
    }

    private func couldNotConnect(host: String, reason: String) -> TransportError {
        if let address = transfer.refusedAddress {
            return .addressRefused(host: effectiveHost ?? host, address: "\(address)")
        }
        if case .url = configuration.proxy { return configuration.proxyFailure(host: host, reason: reason) }
        return .couldNotConnect(host: host, reason: reason)
    }
}

extension CurlEasy {
    /// The host of the URL that libcurl came to by redirects.
    private var effectiveHost: String? {
        var url: UnsafeMutableRawPointer?
        // The text is libcurl's and lives as long as the handle; it is copied at once.
        guard millrace_curl_get_pointer(pointer, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK, let url else {
            return nil
        }
        let text = String(cString: url.assumingMemoryBound(to: CChar.self))
        return try? RequestURL(text).authority
    }
}

/// All running requests together, with the connections that they share.
final class CurlMulti: @unchecked Sendable {
    // Sendable proof: `pointer` is a constant. `wakeUp` is the one call that libcurl allows from any thread
    // at any time (curl_multi_wakeup(3)); all others are made by the engine's loop, which one thread runs.
    private let pointer: UnsafeMutableRawPointer

    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ configuration: HTTPClientConfiguration) throws(TransportError) {
        guard Self.isLibraryReady, let pointer = curl_multi_init() else {
            throw .invalidConfiguration(reason: "libcurl could not start (out of memory?)")
        }
        self.pointer = pointer
        let perHost = max(1, configuration.maxConnectionsPerHost)
        let total = max(perHost, configuration.maxConnections)
        millrace_curl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, perHost)
        millrace_curl_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, total)
        millrace_curl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, total)
    }

    deinit {
        curl_multi_cleanup(pointer)
    }

    func wakeUp() {
        curl_multi_wakeup(pointer)
    }

    func add(_ easy: CurlEasy) -> Bool {
        curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK
    }

    func remove(_ easy: CurlEasy) {
        curl_multi_remove_handle(pointer, easy.pointer)
    }

    /// Does what can be done without waiting, then tells which exchanges are over.
    func perform(
        _ find: (UnsafeMutableRawPointer) -> CurlEasy?
    ) -> [(easy: CurlEasy, result: Result<Void, TransportError>)] {
        var runningCount: Int32 = 0
        curl_multi_perform(pointer, &runningCount)
        var ended: [(easy: CurlEasy, result: Result<Void, TransportError>)] = []
        var leftCount: Int32 = 0
        while let message = curl_multi_info_read(pointer, &leftCount)?.pointee {
            guard message.msg == CURLMSG_DONE, let easy = find(message.easy_handle) else { continue }
            ended.append((easy, easy.result(of: message.data.result)))
        }
        return ended
    }

    /// Waits for the network, a wake-up or the time.
    func wait(atMost duration: Duration) {
        let milliseconds = Int32(clamping: max(0, duration.wholeMilliseconds))
        curl_multi_poll(pointer, nil, 0, milliseconds, nil)
    }
}

extension Duration {
    /// Rounded up, so that a wait is never shorter than asked.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow
            ? .max : Int(product) + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
