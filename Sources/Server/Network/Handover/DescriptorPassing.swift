import Foundation

/// Gives an open file to another process over a Unix socket (`SCM_RIGHTS`, unix(7)): the one place that lays out what C
/// does with macros.
enum DescriptorPassing {
    /// Bytes of the control message's head, and of the message with one descriptor in it (`CMSG_LEN`, `CMSG_SPACE`).
    private static let head = aligned(MemoryLayout<cmsghdr>.size)
    private static let space = head + aligned(MemoryLayout<Int32>.size)

    private static func aligned(_ size: Int) -> Int {
        let word = MemoryLayout<Int>.size
        return (size + word - 1) / word * word
    }

    /// Sends `descriptor` with one byte; the receiver gets a number of its own for the same file.
    ///
    /// - Throws: ``SocketFailure``.
    static func send(_ descriptor: Int32, over socket: Int32) throws(SocketFailure) {
        let sent = exchange { message, control in
            control.withMemoryRebound(to: cmsghdr.self, capacity: 1) { pointer in
                pointer.pointee.cmsg_len = .init(head + MemoryLayout<Int32>.size)
                pointer.pointee.cmsg_level = SOL_SOCKET
                pointer.pointee.cmsg_type = rights
            }
            UnsafeMutableRawPointer(control).storeBytes(of: descriptor, toByteOffset: head, as: Int32.self)
            return sendmsg(socket, &message, noSignal)
        }
        guard sent == 1 else { throw SocketFailure("the socket could not be sent", errno) }
    }

    /// The descriptor that comes next.
    ///
    /// - Throws: ``SocketFailure``.
    static func receive(over socket: Int32) throws(SocketFailure) -> Int32 {
        var descriptor: Int32 = -1
        let received = exchange { message, control in
            let count = recvmsg(socket, &message, 0)
            let isWhole = control.withMemoryRebound(to: cmsghdr.self, capacity: 1) { pointer in
                Int(pointer.pointee.cmsg_len) == head + MemoryLayout<Int32>.size
                    && pointer.pointee.cmsg_level == SOL_SOCKET && pointer.pointee.cmsg_type == rights
            }
            if count == 1, isWhole, Int(message.msg_controllen) >= head + MemoryLayout<Int32>.size {
                descriptor = UnsafeMutableRawPointer(control).load(fromByteOffset: head, as: Int32.self)
            }
            return count
        }
        guard received >= 0 else { throw SocketFailure("nothing could be read", errno) }
        guard received > 0 else { throw SocketFailure("it hung up") }
        guard descriptor >= 0 else { throw SocketFailure("it sent no socket") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// Lends a message of one byte with room for one descriptor.
    private static func exchange(
        _ body: (inout msghdr, UnsafeMutablePointer<UInt8>) -> Int
    ) -> Int {
        withUnsafeTemporaryAllocation(byteCount: space, alignment: MemoryLayout<Int>.alignment) { room in
            room.initializeMemory(as: UInt8.self, repeating: 0)
            var byte: UInt8 = 0
            // The allocation has `space` bytes, so it has a base.
            guard let control = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return -1 }
            return withUnsafeMutablePointer(to: &byte) { payload in
                var part = iovec(iov_base: payload, iov_len: 1)
                return withUnsafeMutablePointer(to: &part) { parts in
                    var message = msghdr()
                    message.msg_iov = parts
                    message.msg_iovlen = 1
                    message.msg_control = UnsafeMutableRawPointer(control)
                    message.msg_controllen = .init(space)
                    return body(&message, control)
                }
            }
        }
    }

    #if canImport(Darwin)
        private static let rights = SCM_RIGHTS
        private static let noSignal: Int32 = 0
    #else
        private static let rights = Int32(SCM_RIGHTS)
        private static let noSignal = Int32(MSG_NOSIGNAL)
    #endif
}
