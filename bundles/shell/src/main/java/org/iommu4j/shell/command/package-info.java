/** One class a command. A call returns an {@link org.iommu4j.shell.answer.Answer} and prints nothing. */
package org.iommu4j.shell.command;
