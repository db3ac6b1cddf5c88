package org.iommu4j.core.unit;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a driver throws, as text. A throwable refers to its class, its cause and what it suppressed, and so to the class
 * loader of a driver; a new exception of core's own with the same reason and message does not.
 */
public final class DriverError {
    private static final Logger LOG = LoggerFactory.getLogger(DriverError.class);

    private DriverError() {
    }

    /**
     * The same refusal in core's words, on one line: reason and message of an {@link IommuException},
     * {@link Reason#IO} with class and message of anything else, whose stack goes to the log.
     *
     * @param where what was called, for example {@code vtd 1.0.0: adopt dmar0}
     */
    public static IommuException text(Throwable thrown, String where) {
        if (thrown instanceof IommuException refusal) {
            return new IommuException(refusal.reason(), line(refusal.getMessage()));
        }
        String message = line(where + " failed: " + describe(thrown));
        LOG.warn("{}", stack(thrown, message));
        return new IommuException(Reason.IO, message);
    }

    /** Whatever a driver says, an error is one line. */
    private static String line(String message) {
        return message == null ? "no message" : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String describe(Throwable thrown) {
        try {
            return thrown.getClass().getName() + ": " + thrown.getMessage();
        } catch (RuntimeException e) {
            return thrown.getClass().getName() + ", whose message cannot be read";
        }
    }

    private static String stack(Throwable thrown, String otherwise) {
        StringWriter text = new StringWriter();
        try {
            thrown.printStackTrace(new PrintWriter(text, true));
            return text.toString();
        } catch (RuntimeException e) {
            return otherwise;
        }
    }
}
