package org.iommu4j.core.topology;

/**
 * Access Control Services of a function (PCI Express Base 6.0, 7.7.11): which of them it implements and which are on.
 * Both registers have the bits
 * <pre>
 *    6    5    4    3    2    1    0
 * +----+----+----+----+----+----+----+
 * | DT | EC | UF | CR | RR | TB | SV |
 * +----+----+----+----+----+----+----+
 * </pre>
 *
 * @param capability 16 bits
 * @param control 16 bits
 */
record Acs(int capability, int control) {
    private static final int SOURCE_VALIDATION = 1;
    private static final int REQUEST_REDIRECT = 1 << 2;
    private static final int COMPLETION_REDIRECT = 1 << 3;
    private static final int UPSTREAM_FORWARDING = 1 << 4;
    /** Without these a function may reach a peer past the unit. */
    private static final int REQUIRED =
            SOURCE_VALIDATION | REQUEST_REDIRECT | COMPLETION_REDIRECT | UPSTREAM_FORWARDING;

    /** True if every service that isolation needs is on; those that are not implemented do not apply to this port. */
    boolean isolates() {
        return missing() == 0;
    }

    /** The services that are implemented and needed, but off; for example {@code "RR CR"}. */
    String missingNames() {
        StringBuilder names = new StringBuilder();
        append(names, SOURCE_VALIDATION, "SV");
        append(names, REQUEST_REDIRECT, "RR");
        append(names, COMPLETION_REDIRECT, "CR");
        append(names, UPSTREAM_FORWARDING, "UF");
        return names.toString();
    }

    private int missing() {
        return REQUIRED & capability & ~control;
    }

    private void append(StringBuilder names, int bit, String name) {
        if ((missing() & bit) != 0) {
            names.append(names.isEmpty() ? "" : " ").append(name);
        }
    }
}
