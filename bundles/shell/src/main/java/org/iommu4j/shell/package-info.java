/**
 * Commands for people and scripts. {@code Shell} is the bundle's one face: the service that the launcher runs, and,
 * through {@code GogoCommands}, Gogo's commands of scope {@code iommu}. {@code Interpreter} is the one parser behind
 * both, {@code Script} runs a file of commands. Room {@code command} holds one class a command, room {@code answer}
 * what a command returns: text for people, JSON for programs.
 *
 * <p><b>Commands of other bundles</b> are services {@code BiFunction<String[], PrintStream, Integer>} with the
 * properties {@code iommu4j.command.name} (the word that calls it) and {@code iommu4j.command.summary} (one line for
 * the list of commands). The function gets the words after its name and the stream for its output, and returns the exit
 * code: 0 done, 1 failed, 2 wrong usage. It parses its words itself, {@code --help} included; an
 * {@link org.iommu4j.api.IommuException} that it throws is printed as one line and becomes exit code 1.
 *
 * <p><b>Machines from files</b>, for {@code groups FILE}, are made by a service {@code Function<String[], String>} with
 * the property {@code iommu4j.machine.captured=true}: from a name, a file with the output of lspci and a firmware
 * table's file or nothing, to the JSON text of a machine definition, whose array {@code notes} has what had to be
 * assumed; it throws an {@link org.iommu4j.api.IommuException} if no machine can be made of them.
 */
package org.iommu4j.shell;
