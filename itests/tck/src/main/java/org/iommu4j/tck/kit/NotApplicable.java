package org.iommu4j.tck.kit;

/** A machine cannot show whether a law holds; the message says what it lacks. */
public final class NotApplicable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotApplicable(String lacks) {
        super(lacks);
    }
}
