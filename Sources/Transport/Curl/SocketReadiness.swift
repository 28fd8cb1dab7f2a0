import CCurl
import Foundation

/// The kernel's word on which sockets can be read or written, and on when a time has come: epoll(7).
///
/// What a wait costs does not grow with the sockets that are watched. A socket is told of once; ``watch(_:for:)`` asks
/// anew. So whoever waits can wait on while somebody else still deals with what was told.
final class SocketReadiness: Sendable {
    /// What is waited for, or has come.
    struct Interest: OptionSet, Sendable {
        let rawValue: UInt32
        static let reading = Interest(rawValue: 1)
        static let writing = Interest(rawValue: 2)
        /// The socket failed, or its other side is gone; never asked for, told always.
        static let failure = Interest(rawValue: 4)
    }

    enum Event: Sendable {
        case socket(Int32, Interest)
        /// The time of ``setAlarm(after:)`` has come.
        case alarm
    }

    // All three are open from `init` to `deinit`, and the kernel takes calls for them from any thread.
    private let set: Int32
    private let bell: Int32
    private let clock: Int32

    init() throws(TransportError) {
        set = epoll_create1(Int32(EPOLL_CLOEXEC))
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        clock = timerfd_create(CLOCK_BOOTTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
        guard set >= 0, bell >= 0, clock >= 0, control(EPOLL_CTL_ADD, bell, EPOLLIN.rawValue) == 0,
            control(EPOLL_CTL_ADD, clock, EPOLLIN.rawValue) == 0
        else {
            let reason = String(cString: strerror(errno))
            throw .invalidConfiguration(
                reason: "an HTTP client needs three descriptors of the kernel, which gave none (\(reason))")
        }
    }

    deinit {
        for descriptor in [set, bell, clock] where descriptor >= 0 { close(descriptor) }
    }

    // MARK: From any thread

    /// Tells once when one of `interest` is possible.
    ///
    /// A socket that nobody asks for any more stays known, and silent, until it is closed: the next request over its
    /// connection asks for it again, which then costs less. One of the same number that was opened since is another to
    /// the kernel.
    func watch(_ socket: Int32, for interest: Interest) {
        var events = EPOLLONESHOT.rawValue
        if interest.contains(.reading) { events |= EPOLLIN.rawValue }
        if interest.contains(.writing) { events |= EPOLLOUT.rawValue }
        // Where the kernel watches no more sockets, the exchange ends by its own time limit.
        if control(EPOLL_CTL_MOD, socket, events) != 0, errno == ENOENT {
            _ = control(EPOLL_CTL_ADD, socket, events)
        }
    }

    /// Ends a wait, or the next one.
    func ring() {
        eventfd_write(bell, 1)
    }

    /// Sets the one alarm; an earlier setting is forgotten.
    func setAlarm(after duration: Duration) {
        let (seconds, attoseconds) = max(duration, .nanoseconds(1)).components
        // The longest that the kernel is asked for is a year: the alarm is looked at and set again.
        var time = itimerspec()
        time.it_value.tv_sec = Int(min(seconds, 31_536_000))
        time.it_value.tv_nsec = Int(attoseconds / 1_000_000_000)
        if time.it_value.tv_sec == 0 { time.it_value.tv_nsec = max(time.it_value.tv_nsec, 1) }
        timerfd_settime(clock, 0, &time, nil)
    }

    // MARK: From one thread

    private static let mostEvents = 256

    /// Waits until something is there, or somebody rings.
    func wait() -> [Event] {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.mostEvents) { buffer in
            let count = epoll_wait(set, buffer.baseAddress, Int32(Self.mostEvents), -1)
            var events: [Event] = []
            // Negative where a signal ended the wait: nothing is there then.
            for place in 0..<max(0, Int(count)) {
                // The kernel has set the first `count` of the buffer's events.
                let told = buffer[place]
                switch told.data.fd {
                case bell: drain(bell)
                case clock:
                    drain(clock)
                    events.append(.alarm)
                default: events.append(.socket(told.data.fd, Self.interest(told.events)))
                }
            }
            return events
        }
    }

    private static func interest(_ events: UInt32) -> Interest {
        var interest: Interest = []
        if events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { interest.insert(.reading) }
        if events & EPOLLOUT.rawValue != 0 { interest.insert(.writing) }
        // Who reads then is told what failed.
        if events & EPOLLERR.rawValue != 0 { interest.formUnion([.failure, .reading]) }
        return interest
    }

    /// Both kinds of descriptor are read as a number of eight bytes, which makes them silent again.
    private func drain(_ descriptor: Int32) {
        var number: UInt64 = 0
        _ = read(descriptor, &number, MemoryLayout<UInt64>.size)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) -> Int32 {
        var event = epoll_event()
        event.events = events
        event.data.fd = descriptor
        return epoll_ctl(set, operation, descriptor, &event)
    }
}
