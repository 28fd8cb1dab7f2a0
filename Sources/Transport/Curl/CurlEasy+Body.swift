import CCurl
import Foundation

extension CurlEasy {
    func setBody(_ body: Data) throws(TransportError) {
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
    func setUpload(_ transfer: CurlTransfer, _ feed: BodyFeed) throws(TransportError) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        try set(CURLOPT_UPLOAD, 1)
        // Of a long body larger pieces are sent at a time: each costs a turn of the loop.
        if feed.length >= HTTPBody.fedBytes { try set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10) }
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
}
