/// The X-Ray trace that calls belong to: the value of `X-Amzn-Trace-Id`, carried from the request that a task
/// serves to every AWS call that it makes.
public enum AWSTrace {
    @TaskLocal public static var header: String?
}
