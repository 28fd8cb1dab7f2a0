import CCurl
import Foundation

/// A request's handle, and after it the next one's: what all requests of a client have in common is set once.
///
/// Its `deinit` frees all that libcurl holds for it. One thread at a time uses it, as its loop.
final class CurlEasy {
    let pointer: UnsafeMutableRawPointer
    private(set) var transfer: CurlTransfer?
    let configuration: HTTPClientConfiguration
    let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    /// A header as libcurl is given it, ended by a zero.
    private var line: [UInt8] = []
    /// Whether the last request left nothing behind that the next one does not set.
    private var isPlain = true

    init(_ configuration: HTTPClientConfiguration) throws(TransportError) {
        guard let pointer = curl_easy_init() else {
            throw .invalidConfiguration(reason: "libcurl could not make a request handle (out of memory?)")
        }
        self.pointer = pointer
        self.configuration = configuration
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setCallbacks()
        try setConnection()
        try setTLS()
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Sets what is this request's alone.
    func prepare(_ transfer: CurlTransfer) throws(TransportError) {
        self.transfer = transfer
        errorText.pointee = 0
        // The handle holds the transfer until it is released; libcurl calls back only while the request runs.
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        try set(CURLOPT_WRITEDATA, pointer: context)
        try set(CURLOPT_HEADERDATA, pointer: context)
        if transfer.isGuarded {
            try check(SocketOpening.judge(pointer, by: transfer), CURLOPT_OPENSOCKETFUNCTION)
        }
        try setRequest(transfer)
    }

    /// Forgets the request, its headers and its body; they hold keys and texts.
    ///
    /// - Returns: whether the handle serves for another.
    func release() -> Bool {
        transfer = nil
        // Whom a server has answered in HTTP/1.0 libcurl may ask in HTTP/1.0 for good.
        var version = 0
        millrace_curl_get_long(pointer, CURLINFO_HTTP_VERSION, &version)
        guard isPlain, version != CURL_HTTP_VERSION_1_0 else { return false }
        var isClean = true
        func clear(_ option: CURLoption) {
            if millrace_curl_set_pointer(pointer, option, nil) != CURLE_OK { isClean = false }
        }
        clear(CURLOPT_HTTPHEADER)
        curl_slist_free_all(headerList)
        headerList = nil
        for option in [
            CURLOPT_POSTFIELDS, CURLOPT_CUSTOMREQUEST, CURLOPT_URL, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA,
            CURLOPT_OPENSOCKETDATA,
        ] {
            clear(option)
        }
        return isClean
    }

    /// Makes libcurl offer the bytes again that were refused with ``BodyVerdict/pause``.
    func unpause() {
        curl_easy_pause(pointer, 0)
    }

    private func setCallbacks() throws(TransportError) {
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
    }

    private func setConnection() throws(TransportError) {
        try set(CURLOPT_NOSIGNAL, 1)
        // The end of a request must not wait for a slow name server, and all others with it.
        millrace_curl_leave_lookups(pointer)
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_USERAGENT, configuration.userAgent)
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

    private func setRequest(_ transfer: CurlTransfer) throws(TransportError) {
        let request = transfer.request
        try set(CURLOPT_URL, request.url)
        // Who names it wants the bytes as they come.
        if request.hasHeader("accept-encoding") {
            try set(CURLOPT_ACCEPT_ENCODING, pointer: nil)
        } else {
            try set(CURLOPT_ACCEPT_ENCODING, "gzip")
        }
        // Undoes what the request before has set of these.
        try set(CURLOPT_HTTPGET, 1)
        switch request.method {
        case "GET" where request.body.length == 0: break
        case "HEAD":
            isPlain = false
            try set(CURLOPT_NOBODY, 1)
        default:
            if let feed = transfer.feed {
                isPlain = false
                try setUpload(transfer, feed)
            } else if request.body.length > 0 || ["POST", "PUT", "PATCH"].contains(request.method) {
                try set(CURLOPT_POST, 1)
                try setBody(request.body.data ?? Data())
            }
            try set(CURLOPT_CUSTOMREQUEST, request.method)
        }
        try setHeaders(request)
    }

    private func setHeaders(_ request: HTTPRequest) throws(TransportError) {
        // libcurl adds these two to a body of its own accord; a signed request must not change on its way.
        try appendHeader("Expect", nil)
        if !request.hasHeader("content-type") { try appendHeader("Content-Type", nil) }
        for (name, value) in request.headers { try appendHeader(name, value) }
        try check(millrace_curl_set_list(pointer, CURLOPT_HTTPHEADER, headerList), CURLOPT_HTTPHEADER)
    }

    /// - Parameter value: none for a header that libcurl must not add of its own accord.
    private func appendHeader(_ name: String, _ value: String?) throws(TransportError) {
        line.removeAll(keepingCapacity: true)
        line.append(contentsOf: name.utf8)
        if let value, value.isEmpty {
            line.append(UInt8(ascii: ";"))
        } else {
            line.append(UInt8(ascii: ":"))
            if let value {
                line.append(UInt8(ascii: " "))
                line.append(contentsOf: value.utf8)
            }
        }
        line.append(0)
        let longer = line.withUnsafeBytes { bytes in
            curl_slist_append(headerList, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
        }
        guard let longer else {
            throw .invalidConfiguration(reason: "libcurl could not store a header (out of memory?)")
        }
        headerList = longer
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(millrace_curl_set_long(pointer, option, value), option)
    }

    func set(_ option: CURLoption, _ value: String) throws(TransportError) {
        try check(millrace_curl_set_string(pointer, option, value), option)
    }

    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) throws(TransportError) {
        try check(millrace_curl_set_pointer(pointer, option, value), option)
    }

    func check(_ code: CURLcode, _ option: CURLoption) throws(TransportError) {
        guard code != CURLE_OK else { return }
        let words = String(cString: curl_easy_strerror(code))
        throw .invalidConfiguration(reason: "libcurl refused option \(option.rawValue): \(words)")
    }
}
