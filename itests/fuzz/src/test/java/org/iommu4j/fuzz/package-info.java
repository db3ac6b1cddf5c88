/**
 * Readers of what comes from outside, given what nobody writes on purpose. Whatever the bytes, a reader answers or
 * throws its typed error with a message. {@code MutationTest} changes real and typed inputs at random in every build;
 * the {@code *FuzzTest}s are Jazzer's, which looks for new ways through the code: a minute in all, with the profile
 * {@code fuzz} ({@code mvn test -Pfuzz -pl itests/fuzz -am}).
 */
package org.iommu4j.fuzz;
