package org.iommu4j.shell.command;

/** A command within another one failed; its exit code becomes that of the whole. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    /**
     * @param code not 0
     * @param message one line: where, and what went wrong
     */
    public CommandFailure(int code, String message) {
        super(message);
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The message alone: Gogo prints exceptions this way. */
    @Override
    public String toString() {
        return getMessage();
    }
}
