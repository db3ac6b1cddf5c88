package org.iommu4j.api;

import java.util.Objects;

/**
 * A refused control operation: the reason for programs, the message for people. The message names the object, the
 * value and the limit. State is the one before the call.
 */
public final class IommuException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public IommuException(Reason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason);
    }

    public IommuException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason);
    }

    /** Never null. */
    public Reason reason() {
        return reason;
    }

    /** The message with its arguments put in as {@link String#format} does. */
    public static IommuException of(Reason reason, String format, Object... arguments) {
        return new IommuException(reason, String.format(format, arguments));
    }

    @Override
    public String toString() {
        return reason + ": " + getMessage();
    }
}
