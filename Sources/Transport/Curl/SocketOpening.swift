import CCurl
import Foundation

/// Where libcurl asks for a socket to connect with, and a transfer's guard says whether it gets one.
///
/// libcurl asks for every connection that it makes (CURLOPT_OPENSOCKETFUNCTION(3)): each address of a host, each
/// redirect. It then connects to exactly the address that it asked with.
enum SocketOpening {
    /// - Parameters:
    ///   - easy: the handle of `transfer`.
    ///   - transfer: must live as long as `easy`, as for the handle's other callbacks.
    static func judge(_ easy: UnsafeMutableRawPointer, by transfer: CurlTransfer) -> CURLcode {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        let code = millrace_curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context)
        guard code == CURLE_OK else { return code }
        return millrace_curl_set_opensocket(easy, CURLOPT_OPENSOCKETFUNCTION) { context, purpose, asked in
            guard let context, let asked, purpose == CURLSOCKTYPE_IPCXN else { return CURL_SOCKET_BAD }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            guard transfer.mayConnect(to: SocketOpening.address(of: asked)) else { return CURL_SOCKET_BAD }
            let socket = socket(asked.pointee.family, asked.pointee.socktype, asked.pointee.protocol)
            // A child process must not inherit the connection; where this fails it is only less tidy.
            if socket >= 0 { _ = fcntl(socket, F_SETFD, FD_CLOEXEC) }
            return socket
        }
    }

    /// The address that libcurl is about to connect to; `nil` for what is neither IPv4 nor IPv6.
    private static func address(of asked: UnsafeMutablePointer<curl_sockaddr>) -> IPAddress? {
        // Proof: libcurl lends `asked` for the length of the callback. Its member `addr` is declared as the 16 bytes of
        // a sockaddr, but `addrlen` bytes from there on are set, in a buffer of libcurl's as large as a
        // sockaddr_storage. So the bytes are read from the pointer, never from a copy of the struct, and only after
        // `addrlen` was found to hold the whole sockaddr_in or sockaddr_in6 that the family tells of.
        guard let start = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        let length = Int(asked.pointee.addrlen)
        let layout: (offset: Int?, count: Int, size: Int)
        switch asked.pointee.family {
        case AF_INET:
            layout = (MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), 4, MemoryLayout<sockaddr_in>.size)
        case AF_INET6:
            layout = (MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr), 16, MemoryLayout<sockaddr_in6>.size)
        default: return nil
        }
        guard let offset = layout.offset, length >= layout.size else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(asked) + start + offset, count: layout.count)
        return IPAddress(bytes: bytes)
    }
}
