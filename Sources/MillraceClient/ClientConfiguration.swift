/// Time limits, retries and sizes of a client.
public struct ClientConfiguration: Sendable, Hashable {
    /// How long a call waits for the next byte of its response.
    ///
    /// The server itself gives a question or a run 90 s, which is why it is longer unless told.
    public var responseTimeout: Duration
    /// How long a stream may be silent.
    ///
    /// The server sends a sign of life every 15 s unless it is set otherwise; a stream without one is lost.
    public var silenceTimeout: Duration
    /// When and how often a request is sent again.
    public var retries: RetryPolicy
    /// Bytes that a whole response may have, and an event of a stream.
    public var responseLimitBytes: Int

    /// Limits as they suit the server's own.
    public init(
        responseTimeout: Duration = .seconds(100), silenceTimeout: Duration = .seconds(45),
        retries: RetryPolicy = RetryPolicy(), responseLimitBytes: Int = 32 << 20
    ) {
        self.responseTimeout = responseTimeout
        self.silenceTimeout = silenceTimeout
        self.retries = retries
        self.responseLimitBytes = responseLimitBytes
    }
}
