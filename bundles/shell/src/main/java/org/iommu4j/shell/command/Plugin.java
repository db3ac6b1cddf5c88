package org.iommu4j.shell.command;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A command of another bundle; the contract is in the package documentation of {@code org.iommu4j.shell}.
 *
 * @param summary one line
 * @param body words and output to exit code
 */
public record Plugin(String name, String summary, BiFunction<String[], PrintStream, Integer> body) {
    /** Service property: the word that calls it. */
    public static final String NAME = "iommu4j.command.name";
    /** Service property: one line for the list of commands. */
    public static final String SUMMARY = "iommu4j.command.summary";

    /** From a service and its properties. */
    public static Plugin of(BiFunction<String[], PrintStream, Integer> service, Map<String, Object> properties) {
        return new Plugin(properties.get(NAME).toString(), properties.getOrDefault(SUMMARY, "").toString(), service);
    }
}
