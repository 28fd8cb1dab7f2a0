/// The trace that the request which a task serves belongs to; whoever calls another service on its behalf sends it on.
///
/// The task that answers binds it, and the tasks that it begins inherit it, all but detached ones. What writes a
/// streamed answer may run after the handler has returned, and binds it once more.
public enum RequestTrace {
    /// The value of the request's header `X-Amzn-Trace-Id`, as it came: whoever sends it on checks it first.
    @TaskLocal public static var header: String?
}
