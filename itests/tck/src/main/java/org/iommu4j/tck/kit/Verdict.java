package org.iommu4j.tck.kit;

import java.util.Locale;

/** How a machine did on a law. */
public enum Verdict {
    /** It holds. */
    PASSED,
    /** It does not hold, and nothing says that it need not. */
    FAILED,
    /** The machine cannot show it. */
    NOT_APPLICABLE,
    /** It does not hold, in just the way that is declared for this kind of machine. */
    DEVIATES,
    /** It holds although a deviation is declared: the declaration is out of date. */
    UNDEVIATING;

    /** True if the run as a whole can be good with it. */
    public boolean isGood() {
        return this != FAILED && this != UNDEVIATING;
    }

    /** For reports: small letters and spaces. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
