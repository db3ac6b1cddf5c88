package org.iommu4j.shell;

/**
 * How a line of words ended.
 *
 * @param code 0 done, 1 failed, 2 wrong usage, or what a command of another bundle returned
 * @param text what to print: the answer if the code is 0, else the error; empty if all has been printed already
 */
record Outcome(int code, String text) {
    static final int FAILED = 1;
    static final int USAGE = 2;

    static Outcome done(String text) {
        return new Outcome(0, text);
    }
}
