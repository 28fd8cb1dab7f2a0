import CCurl
import Foundation

extension CurlEasy {
    /// The end of the exchange in our words.
    func result(of code: CURLcode) -> Result<Void, TransportError> {
        if let refusal = transfer?.refusal { return .failure(refusal) }
        if code == CURLE_OK { return .success(()) }
        let host = transfer?.url.authority ?? "the server"
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
            .invalidURL(url: RequestURL.redacted(transfer?.request.url ?? ""), reason: reason)
        case CURLE_COULDNT_RESOLVE_HOST: .couldNotResolve(host: transfer?.url.host ?? host)
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
        if let address = transfer?.refusedAddress {
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
