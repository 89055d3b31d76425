/// What a front-end cannot make a back-end spend.
public struct BackEndLimits: Sendable {
    /// Regions of guest memory at once; what GET_MAX_MEM_SLOTS answers.
    public var memorySlotsMax = 509
    /// How long GET_VRING_BASE waits for what is in flight. [VU-072]
    public var drainMillis: Int32 = 5000
    /// How long the front-end may take to answer a request of ours.
    public var answerMillis: Int32 = 5000
    /// Messages of one turn, after which rings and fences have theirs.
    public var messagesPerTurn = 32
    /// How often a ring without a kick descriptor is looked at.
    public var pollMillis: Int32 = 5
    /// How long the rings are looked at before the thread sleeps, while kicks come as fast as that:
    /// a look is quicker than to be woken. 0 sleeps at once.
    public var spinMicros: Int32 = 50
    /// How long the service waits when it could not take a connection.
    public var retryMillis: Int32 = 100

    public init() {}
}
