import { useWorkbench } from '../support/useWorkbench';
import { quickPickItem, runCommand } from '../support/workbench';

describe('the workbench of these tests', () => {
  const workbench = useWorkbench({ theme: 'Default Light Modern' });

  it('shows the extension under development', async () => {
    await workbench().page.getByRole('tab', { name: 'Reservations' }).click();
    await workbench().screenshot('smoke-view');
  });

  it('runs a command by its title', async () => {
    await runCommand(workbench().page, 'Preferences: Color Theme');
    await quickPickItem(workbench().page, 'Light+').waitFor();
    await workbench().screenshot('smoke-command');
    await workbench().page.keyboard.press('Escape');
  });
});
